/** Plotly, fetched once, however many drawings there are. */

import { t } from "./words.js";

let loading = null;

/** @param {string|null} url @returns {Promise<void>} resolved when `window.Plotly` is there */
export function loadPlotly(url) {
  // A saved page brings it along.
  if (window.Plotly) return Promise.resolve();
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error(t("view.noLibrary")));
    document.head.append(script);
  });
  return loading;
}
