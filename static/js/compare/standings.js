/** The two runs' strategies on all problems that both have searched here: a table, and accuracy against tokens. */

import { api } from "../api.js";
import { fill, h } from "../dom.js";
import { duration, short, whole } from "../format.js";
import { t } from "../words.js";
import { Plot } from "./plot.js";

const HEADS = [t("standings.strategy"), t("standings.runs"), t("standings.right"), t("standings.gain"), t("cost.tokens"), t("cost.calls"), t("cost.time")];

export class Standings {
  /** @param {import("./side.js").Side[]} sides @param {string} plotlyUrl */
  constructor(sides, plotlyUrl) {
    this.sides = sides;
    this.found = null;
    this.asked = "";
    const label = t("standings.label");
    this.plot = new Plot(plotlyUrl, label, (ink) => this.#figure(ink));
    this.about = h("p.tw-dim");
    this.table = h("div.tw-table-box");
    this.element = h("section.tw-box.tw-standings", { "aria-label": t("standings.title") },
      h("h2", {}, t("standings.head")), this.about,
      h("div.tw-standings-body", {}, this.table, this.plot.element));
    for (const { session } of sides) {
      for (const notice of ["run", "open"]) session.on(notice, () => this.#refresh());
    }
    this.#show();
  }

  /** Asks again when other strategies are compared, and when one of the runs has come to its end. */
  async #refresh() {
    const runs = this.sides.map((side) => side.session.run);
    const names = runs.map((run) => run?.strategy);
    const asked = runs.every(Boolean) ? JSON.stringify(runs.map((run) => [run.strategy, run.status === "finished" && run.id])) : "";
    if (asked === this.asked) return;
    this.asked = asked;
    this.found = null;
    const found = asked && names[0] !== names[1] ? await api.compare(names).catch((error) => ({ error })) : null;
    if (this.asked !== asked) return;
    this.found = found;
    this.#show();
  }

  #show() {
    const { found } = this;
    const any = Boolean(found?.problems);
    this.table.hidden = this.plot.element.hidden = !any;
    fill(this.about, this.#text());
    if (!any) return;
    fill(this.table, h("table", {}, h("thead", {}, h("tr", {}, HEADS.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, found.items.map((item, k) => this.#row(item, k)))));
    this.plot.draw();
  }

  #text() {
    const { found } = this;
    const [one, other] = this.sides.map((side) => side.session.run?.strategy);
    if (!one || !other) return t("standings.twoNeeded");
    if (one === other) return t("standings.sameStrategy");
    if (!found) return t("standings.counting");
    if (found.error) return [found.error.message, found.error.hint].filter(Boolean).join(" ");
    const left = found.left_out ? t("standings.leftOut", { count: found.left_out }) : "";
    return (found.problems ? t("standings.about", { count: found.problems }) : t("standings.none")) + left;
  }

  #row(item, k) {
    const side = this.sides[k];
    const cells = [whole(item.runs), percent(item.accuracy), k ? percent(item.gain, true) : "–", short(item.generated_tokens), whole(item.calls), duration(item.seconds)];
    return h(`tr.tw-side-${side.letter.toLowerCase()}`, {},
      h("th", { scope: "row" }, h("i.tw-letter", { "aria-hidden": "true" }, side.letter), side.name), cells.map((text) => h("td", {}, text)));
  }

  #figure(ink) {
    const colors = [ink["run-a"], ink["run-b"]];
    const items = this.found?.items ?? [];
    const data = items.map(({ curve }, k) => {
      const of = (read) => curve.map(({ accuracy }) => read(...accuracy));
      return {
        type: "scatter", mode: "lines+markers", hoverinfo: "skip", cliponaxis: false,
        x: curve.map((point) => point.tokens), y: of((value) => value),
        line: { color: colors[k], width: 2, dash: k ? "5px,3px" : "solid" }, marker: { size: 6, color: colors[k] },
        error_y: { array: of((value, low, high) => (high ?? value) - value), arrayminus: of((value, low) => value - (low ?? value)), thickness: 1, width: 3, color: colors[k] },
      };
    });
    return {
      data,
      x: { title: t("standings.tokensPerProblem"), type: "log", tickformat: "~s", tick0: Math.log10(125), dtick: Math.log10(2) },
      y: { title: t("standings.right"), range: [-0.03, 1.05], tickformat: ".0%", dtick: 0.25 },
    };
  }
}

/** [0.625, 0.4, 0.8] → "63 % [40, 80]" */
function percent([value, low, high], signed = false) {
  const round = (part) => Math.round(100 * part);
  if (value === null) return "–";
  const shown = `${signed && round(value) > 0 ? "+" : ""}${round(value)} %`;
  return low === null ? shown : `${shown} [${round(low)}, ${round(high)}]`;
}
