/**
 * The ring around the selected step, the pulse where a model is working and the halo of what is new, drawn over the plot.
 * They change far more often than the tree does, and redrawing Plotly for each would be slow and would
 * start the pulse's animation again.
 */

import { keyed, svg } from "./dom.js";
import { fade } from "./time/recent.js";

export class Overlay {
  constructor() {
    this.ring = svg("circle", { class: "tw-ring", visibility: "hidden" });
    this.pulses = svg("g", {});
    this.halos = svg("g", {});
    this.element = svg("svg", { class: "tw-overlay", "aria-hidden": "true" }, this.halos, this.pulses, this.ring);
    /** @type {Map<number, SVGElement>} */
    this.byNode = new Map();
  }

  /** @param {{id: number, at: number, spot: {x: number, y: number, r: number}}[]} recent steps that came or changed */
  placeRecent(recent) {
    keyed(this.halos, recent, {
      key: ({ id }) => id,
      make: () => svg("circle", {}),
      update: (halo, { spot, at }) => {
        put(halo, spot, 4);
        fade(halo, at);
      },
    });
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
