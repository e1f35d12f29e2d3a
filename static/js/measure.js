/** How much room texts take, measured: letters are not all as wide, and those of some languages are twice as wide. */

import { oneLine } from "./format.js";

let paper = null;

/** In pixels. @param {string} font as in CSS */
export function widthOf(text, font) {
  paper ??= document.createElement("canvas").getContext("2d");
  paper.font = font;
  return paper.measureText(text).width;
}

/** As much of the text as fits on one line so wide. */
export function fitting(text, width, font) {
  let [fits, over] = [0, text.length + 1];
  while (over - fits > 1) {
    const length = Math.floor((fits + over) / 2);
    if (widthOf(oneLine(text, length), font) <= width) fits = length;
    else over = length;
  }
  return oneLine(text, fits);
}
