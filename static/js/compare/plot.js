/** A small Plotly figure that keeps its size, redraws itself in another theme, and reads no markup. */

import { h } from "../dom.js";
import { loadPlotly } from "../plotly.js";
import { coalesced } from "../schedule.js";

const CONFIG = { displayModeBar: false, displaylogo: false, responsive: false, scrollZoom: false, doubleClick: false };
const PAUSE_MS = 500;
const INK = ["text", "muted", "line", "surface", "run-a", "run-b"];

export class Plot {
  /**
   * @param {string} plotlyUrl
   * @param {string} label what it shows, for those who do not see it
   * @param {(ink: Object<string, string>) => {data: any[], x: any, y: any}} compose traces, and what is special about the axes
   */
  constructor(plotlyUrl, label, compose) {
    this.plotly = loadPlotly(plotlyUrl);
    this.compose = compose;
    this.element = h("div.tw-curve", { role: "img", "aria-label": label });
    this.draw = coalesced(() => this.#draw(), PAUSE_MS);
    new ResizeObserver(() => this.draw()).observe(this.element);
    new MutationObserver(() => this.draw()).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  }

  async #draw() {
    await this.plotly;
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    const ink = this.#ink();
    const { data, x, y } = this.compose(ink);
    const axis = (special) => ({
      color: ink.muted, gridcolor: ink.line, zeroline: false, fixedrange: true, automargin: true,
      ...special, title: { text: special.title, font: { size: 12 }, standoff: 8 },
    });
    await window.Plotly.react(this.element, data, {
      width, height, showlegend: false, hovermode: "closest", dragmode: false,
      margin: { l: 48, r: 26, t: 8, b: 40 },
      font: { size: 11, color: ink.muted, family: getComputedStyle(this.element).fontFamily },
      hoverlabel: { bgcolor: ink.surface, bordercolor: ink.line, font: { size: 12, color: ink.text } },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: axis(x), yaxis: axis(y),
    }, CONFIG);
  }

  #ink() {
    const style = getComputedStyle(this.element);
    return Object.fromEntries(INK.map((name) => [name, style.getPropertyValue(`--tw-${name}`).trim()]));
  }
}
