/** Where the two answers' paths part: the step of each, side by side. */

import { newCard, updateCard } from "../card.js";
import { fill, h, setText } from "../dom.js";
import { t } from "../words.js";
import { firstDifference } from "./paths.js";

export class Difference {
  /** @param {import("./side.js").Side[]} sides */
  constructor(sides) {
    this.sides = sides;
    this.text = h("p.tw-dim");
    this.cards = h("div.tw-difference-cards");
    this.element = h("section.tw-box.tw-difference", { "aria-label": t("difference.title") },
      h("h2", {}, t("difference.title")), this.text, this.cards);
    this.look = "";
  }

  show() {
    const models = this.sides.map((side) => side.session.model);
    const both = models.every((model) => model.size);
    const found = both ? firstDifference(...models) : { step: 0, ids: [null, null] };
    setText(this.text, both ? this.#sentence(found, models) : t("difference.bothNeeded"));
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
    const paths = answered.every(Boolean) ? t("difference.toAnswers") : t("difference.orVisited");
    if (ids.every((id) => id === null)) return t("difference.same", { paths });
    return step === 0 ? t("difference.problems") : t("difference.part", { paths, step });
  }

  #column(side, id) {
    const card = id === null ? h("p.tw-dim", {}, t("difference.ended"))
      : newCard(side.session.model.nodes[id], (step) => side.session.select(step));
    return h(`div.tw-side-${side.letter.toLowerCase()}`, {}, h("i.tw-letter", {}, side.letter), card);
  }
}
