/** Puts the explorer together: bar, panes, messages, the empty states, and the tabs of small screens. */

import { valueColor } from "./colors.js";
import { fill, h, svg } from "./dom.js";
import { EMBEDDED, embedBar } from "./embed.js";
import { Notices } from "./notices.js";
import { Outline } from "./outline.js";
import { Overview } from "./overview.js";
import { newPeek } from "./peek.js";
import { Reading } from "./reading.js";
import { RunBar } from "./runbar.js";
import { TimeBar } from "./time/bar.js";
import { t } from "./words.js";

const TABS = [["overview", t("pane.tree")], ["outline", t("pane.outline")], ["reading", t("pane.reading")]];

export class Explorer {
  /**
   * @param {import("./session.js").Session} session
   * @param {import("./labels.js").Labels} labels
   * @param {import("./steering.js").Steering} steering
   * @param {import("./time/player.js").Player} player
   * @param {Object<string, () => void>} actions for the bar
   * @param {string} plotlyUrl
   */
  constructor(session, labels, steering, player, actions, plotlyUrl) {
    this.session = session;
    this.overview = new Overview(session, plotlyUrl);
    this.outline = new Outline(session);
    this.reading = new Reading(session, labels, steering, (seq) => player.goTo(seq));
    this.empty = h("div.tw-empty");
    this.panes = h("div.tw-panes", {}, this.overview.element, this.outline.element, this.reading.element);
    this.element = h("div.tw-explorer", {},
      EMBEDDED ? embedBar(session) : new RunBar(session, actions).element, this.#tabs(), this.panes, new TimeBar(session, player).element,
      newPeek(session, EMBEDDED ? null : () => this.tab("reading")), this.empty);
    this.notices = new Notices(session, this.element, this.overview.element);
    this.element.append(this.notices.element);
    for (const notice of ["open", "connection", "run"]) session.on(notice, () => this.#showState());
    session.on("select", (id) => this.element.classList.toggle("tw-has-selection", id !== null));
    this.tab("overview");
    this.#showState();
  }

  /** How the panes look at the run, for the address; null for what is as it is at first. */
  get look() {
    return { ...this.overview.look.written(), ...this.outline.finder.written() };
  }

  /** @param {URLSearchParams} query as `look` */
  restore(query) {
    this.overview.restore(query);
    this.outline.finder.read(query);
  }

  /** The keyboard goes on in the search box. */
  find() {
    this.tab("outline");
    this.outline.finder.focus();
  }

  /** Shows one pane on a small screen; on a large one all are shown. */
  tab(name) {
    this.panes.dataset.tab = name;
    for (const [pane, button] of this.tabs) button.setAttribute("aria-selected", String(pane === name));
    this.overview.schedule();
    if (name === "reading") this.reading.showSelected();
    this.notices.place();
  }

  #tabs() {
    this.tabs = new Map(TABS.map(([name, title]) => [name,
      h("button.tw-tab", { type: "button", role: "tab", onclick: () => this.tab(name) }, title)]));
    return h("div.tw-tabs", { role: "tablist", "aria-label": t("pane.all") }, [...this.tabs.values()]);
  }

  #showState() {
    const { session } = this;
    const state = session.run && session.connection !== "lost" ? "run" : session.connection;
    this.element.dataset.state = state;
    fill(this.empty, state === "run" ? [] : this.#stateText(state));
  }

  #stateText(state) {
    const { problem, shared } = this.session;
    if (state === "loading") return [h("p.tw-dim", {}, this.session.shared ? t("pane.opening") : t("pane.loading"))];
    if (state === "lost") {
      const text = shared && problem.final ? t("empty.deadLink") : problem.message;
      const hint = shared && problem.final ? t("empty.askAgain") : problem.hint;
      return [h("h2", {}, text), h("p", {}, hint)];
    }
    return [
      sketch(),
      h("h2", {}, t("empty.title")),
      h("p", {}, t("empty.about")),
    ];
  }
}

/** A small tree, in the encodings of the overview. */
function sketch() {
  const spots = [[95, 18, 12, 0.6], [40, 62, 8, 0.25], [95, 62, 9, 0.55], [150, 62, 10, 0.8],
    [20, 106, 6, 0.1], [60, 106, 6, 0.4], [95, 106, 6, 0.5], [135, 106, 7, 0.75], [168, 106, 8, 0.95]];
  const edge = (d, best) => svg("path", { d, class: best ? "tw-best" : null });
  return svg("svg", { class: "tw-sketch", viewBox: "0 0 190 124", "aria-hidden": "true" },
    edge("M95 18 150 62 168 106", true),
    edge("M95 18 40 62 20 106M40 62 60 106M95 18 95 62 95 106M95 18 150 62 135 106M150 62 168 106"),
    spots.map(([cx, cy, r, value]) => svg("circle", { cx, cy, r, fill: valueColor(value) })));
}
