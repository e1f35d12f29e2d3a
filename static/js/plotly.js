/** Plotly, fetched once, however many drawings there are. */

let loading = null;

/** @param {string} url @returns {Promise<void>} resolved when `window.Plotly` is there */
export function loadPlotly(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error("The drawing library could not be loaded."));
    document.head.append(script);
  });
  return loading;
}
