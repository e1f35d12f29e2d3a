/** Where the two answers' paths part: the step of each, side by side. */

import { newCard, updateCard } from "../card.js";
import { fill, h, setText } from "../dom.js";
import { firstDifference } from "./paths.js";

export class Difference {
  /** @param {import("./side.js").Side[]} sides */
  constructor(sides) {
    this.sides = sides;
    this.text = h("p.tw-dim");
    this.cards = h("div.tw-difference-cards");
    this.element = h("section.tw-box.tw-difference", { "aria-label": "First difference" },
      h("h2", {}, "First difference"), this.text, this.cards);
    this.look = "";
  }

  show() {
    const models = this.sides.map((side) => side.session.model);
    const both = models.every((model) => model.size);
    const found = both ? firstDifference(...models) : { step: 0, ids: [null, null] };
    setText(this.text, both ? this.#sentence(found, models) : "Both trees have to be there for this.");
    const look = JSON.stringify([found, this.sides.map((side) => side.session.run?.id)]);
    if (look !== this.look) {
      this.look = look;
      const same = found.ids.every((id) => id === null);
      fill(this.cards, same ? [] : found.ids.map((id, k) => this.#column(this.sides[k], id)));
    }
    found.ids.forEach((id, k) => {
      const card = id !== null && this.cards.children[k].querySelector(".tw-card");
      if (card) updateCard(card, models[k].nodes[id], { selected: false, parent: null, out: models[k].prunedAt(id) !== null });
    });
  }

  #sentence({ step, ids }, models) {
    const answered = models.map((model) => model.answered !== null);
    const paths = answered.every(Boolean) ? "paths to the answers" : "paths (to the answer or, before there is one, the most visited)";
    if (ids.every((id) => id === null)) return `The ${paths} are the same, step by step.`;
    if (step === 0) return "The two runs searched different problems.";
    return `The ${paths} part at step ${step}.`;
  }

  #column(side, id) {
    const card = id === null ? h("p.tw-dim", {}, "The path has ended before.")
      : newCard(side.session.model.nodes[id], (step) => side.session.select(step));
    return h(`div.tw-side-${side.letter.toLowerCase()}`, {}, h("i.tw-letter", {}, side.letter), card);
  }
}
