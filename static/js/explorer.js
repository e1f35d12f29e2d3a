/** Puts the explorer together: bar, panes, messages, the empty states, and the tabs of small screens. */

import { valueColor } from "./colors.js";
import { fill, h, svg } from "./dom.js";
import { EMBEDDED, embedBar } from "./embed.js";
import { Outline } from "./outline.js";
import { Overview } from "./overview.js";
import { newPeek } from "./peek.js";
import { Reading } from "./reading.js";
import { RunBar } from "./runbar.js";
import { TimeBar } from "./time/bar.js";
import { t } from "./words.js";

const TABS = [["overview", t("pane.tree")], ["outline", t("pane.outline")], ["reading", t("pane.reading")]];
const MESSAGE_MS = 6000;
/** For a message that offers something to do. */
const LONG_MESSAGE_MS = 12000;
const MESSAGE_GAP = 6;

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
    this.message = h("div.tw-message", { role: "status", hidden: true });
    this.panes = h("div.tw-panes", {}, this.overview.element, this.outline.element, this.reading.element);
    this.element = h("div.tw-explorer", {},
      EMBEDDED ? embedBar(session) : new RunBar(session, actions).element, this.#tabs(), this.panes, new TimeBar(session, player).element,
      newPeek(session, EMBEDDED ? null : () => this.tab("reading")), this.empty, this.message);
    for (const notice of ["open", "connection", "run"]) session.on(notice, () => this.#showState());
    session.on("message", (message) => this.#say(message));
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

  /** Over the legend of the tree, where nothing is read or pressed; on a small screen the style sheet knows where. */
  #placeMessage() {
    const [all, tree] = [this.element, this.overview.element].map((element) => element.getBoundingClientRect());
    const shown = tree.height > 0 && this.element.dataset.state === "run";
    const put = (name, value) => (shown ? this.message.style.setProperty(name, `${value}px`) : this.message.style.removeProperty(name));
    put("--tw-message-bottom", all.bottom - tree.bottom + MESSAGE_GAP);
    put("--tw-message-end", all.right - tree.right + MESSAGE_GAP);
  }

  #say({ text, hint, bad, action }) {
    clearTimeout(this.messageTimer);
    fill(this.message, h("b", {}, text), hint && h("span", {}, hint), action && h("button", {
      type: "button", onclick: () => {
        this.message.hidden = true;
        action.act();
      },
    }, action.title));
    this.message.classList.toggle("tw-bad", bad);
    this.#placeMessage();
    this.message.hidden = false;
    this.messageTimer = setTimeout(() => {
      this.message.hidden = true;
    }, action ? LONG_MESSAGE_MS : MESSAGE_MS);
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
