/**
 * The ring around the selected step and the pulse where a model is working, drawn over the plot.
 * They change far more often than the tree does, and redrawing Plotly for each would be slow and would
 * start the pulse's animation again.
 */

import { svg } from "./dom.js";

export class Overlay {
  constructor() {
    this.ring = svg("circle", { class: "tw-ring", visibility: "hidden" });
    this.pulses = svg("g", {});
    this.element = svg("svg", { class: "tw-overlay", "aria-hidden": "true" }, this.pulses, this.ring);
    /** @type {Map<number, SVGElement>} */
    this.byNode = new Map();
  }

  /**
   * @param {{x: number, y: number, r: number}|null} selected in pixels; null: nothing (to be seen)
   * @param {Map<number, {x: number, y: number, r: number}>} busy by node
   */
  place(selected, busy) {
    this.ring.setAttribute("visibility", selected ? "visible" : "hidden");
    if (selected) put(this.ring, selected, 6);
    for (const [id, pulse] of this.byNode) {
      if (busy.has(id)) continue;
      pulse.remove();
      this.byNode.delete(id);
    }
    for (const [id, spot] of busy) put(this.#pulse(id), spot, 5);
  }

  #pulse(id) {
    let pulse = this.byNode.get(id);
    if (!pulse) {
      pulse = svg("circle", { class: "tw-pulse" });
      this.byNode.set(id, pulse);
      this.pulses.append(pulse);
    }
    return pulse;
  }
}

function put(circle, spot, gap) {
  circle.setAttribute("cx", spot.x.toFixed(1));
  circle.setAttribute("cy", spot.y.toFixed(1));
  circle.setAttribute("r", (spot.r + gap).toFixed(1));
}
