/**
 * The value scale: cividis, fixed from 0 to 1, so that the same colour always means the same value and
 * people who see red and green alike can read it. Its ends fade into one theme or the other, therefore
 * every mark also has an outline.
 */

const STOPS = [
  [0, 32, 77], [0, 44, 107], [41, 61, 107], [65, 77, 107], [87, 93, 109], [107, 109, 115],
  [127, 125, 120], [148, 142, 119], [170, 160, 113], [193, 178, 102], [216, 199, 87],
  [239, 220, 69], [255, 234, 70],
];

/** @returns {string} "rgb(…)" for a value; values outside 0 to 1 are shown as the end they are past */
export function valueColor(value) {
  const place = Math.min(1, Math.max(0, value)) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(place));
  const part = place - low;
  const mixed = STOPS[low].map((from, i) => Math.round(from + (STOPS[low + 1][i] - from) * part));
  return `rgb(${mixed.join(",")})`;
}

/** The scale as a CSS gradient, for the legend's colour bar. */
export function valueGradient() {
  return `linear-gradient(90deg, ${STOPS.map((stop) => `rgb(${stop.join(",")})`).join(", ")})`;
}
