/**
 * What a person does to the search at the selected step: prune it or put it back, have more steps
 * proposed below it, write one, write the step itself better. Nothing is shown before the server has it: the events bring it.
 */

import { api, uuid } from "./api.js";
import { openDialog, warnOfLoss } from "./dialogs.js";
import { h, setText } from "./dom.js";
import { oneLine, words } from "./format.js";
import { listed, pieces, t } from "./words.js";

export const MORE = 4;
const LONGEST = 4000;
const ANSWER = "answer";
const USUAL = "solve";

export class Steering {
  /**
   * @param {import("./session.js").Session} session
   * @param {(node: number) => Promise<void>} searchFrom opens the form for a new search that begins at a step
   */
  constructor(session, searchFrom) {
    this.session = session;
    this.searchFrom = searchFrom;
    /** Requests whose fate is not known, by what they asked for: asked again, they keep their id. */
    this.unanswered = new Map();
    this.actions = null;
  }

  /**
   * What can be done at a step; null for nothing selected.
   * @returns {{add: boolean, edit: boolean, from: boolean, prune: boolean, restore: number|null}|null} from: whether a new
   *   search can begin here; restore: the pruned step to put back
   */
  at(id) {
    const { model, readOnly } = this.session;
    const node = id === null ? null : model.nodes[id];
    if (!node || readOnly) return null;
    const restore = model.prunedAt(id);
    const below = node.parent !== null;
    return {
      add: !node.terminal && restore === null, edit: below && model.prunedAt(node.parent) === null,
      from: below && !model.path(id).some((step) => model.nodes[step].terminal), prune: below && restore === null, restore,
    };
  }

  /** Takes the selected step out of the search; where it is out already, puts back what was pruned. */
  async prune() {
    const node = this.#selected();
    if (node === null) return;
    const { prune, restore } = this.at(node);
    if (restore === null && !prune) {
      this.session.say(t("steer.notProblem"), t("steer.selectBelow"), false);
      return;
    }
    const place = restore ?? node;
    await this.#do(`prune ${place}`, "steer.notChanged", async (run) => {
      await api.prune(run, place, restore === null);
      this.#did(run, async () => {
        await api.prune(run, place, restore !== null);
        return t(restore === null ? "steer.undonePrune" : "steer.undoneRestore", { node: place });
      });
      return restore === null
        ? [t("steer.pruned", { node: place }), t("steer.prunedHow")]
        : [t("steer.restored", { node: place }), this.#whatNext()];
    });
  }

  /** Has the generator propose more below the selected step. */
  async propose() {
    const node = this.#selected();
    if (node === null || !this.#mayAdd(node)) return;
    const { session } = this;
    const { model } = session;
    const known = model.size;
    const key = `${session.run.id} ${node} propose`;
    const id = this.#idFor(key);
    if (model.inFlight.has(id)) return;
    model.inFlight.set(id, node);
    session.tell("tree");
    session.say(t("steer.asking", { count: MORE, node }), "", false);
    await this.#do(key, "steer.notProposed", async (run) => {
      const { items } = await api.add(run, node, { id, n: MORE });
      this.#added(run, items, known);
      return [arrived(items, known), this.#whatNext()];
    });
    model.inFlight.delete(id);
    session.tell("tree");
  }

  /** Opens the form for a step of one's own below the selected step. */
  async write() {
    const node = this.#selected();
    if (node === null || !this.#mayAdd(node)) return;
    await this.#open(node, null);
  }

  /** Opens the form filled with the selected step, for a better one to stand beside it. */
  async edit() {
    const node = this.#selected();
    if (node === null) return;
    const { parent, cut } = this.session.model.nodes[node];
    if (parent === null) this.session.say(t("steer.notEditable"), t("steer.searchAgain"), false);
    else if (!this.at(node).edit) this.session.say(t("steer.isPruned", { node: this.session.model.prunedAt(parent) }), t("steer.restoreFirst"), false);
    else if (cut) this.session.say(t("steer.cut"), t("steer.inAMoment"), false);
    else await this.#open(parent, node);
  }

  /** Opens the search form for a new search that begins with the steps up to the selected one. */
  async searchFromHere() {
    const node = this.#selected();
    if (node === null) return;
    if (this.at(node).from) await this.searchFrom(node);
    else if (node === 0) this.session.say(t("steer.anySearch"), t("steer.selectBelow"), false);
    else this.session.say(t("steer.noSearchBehind"), t("steer.selectBefore"), false);
  }

  async #open(parent, edited) {
    try {
      new StepDialog(this, parent, edited, await this.#knownActions());
    } catch (error) {
      this.session.say(error.message, error.hint);
    }
  }

  /** Adds a written step. Throws the ApiError that says why not. @param {number|null} corrects the step it is an edit of */
  async add(node, action, text, corrects) {
    const { session } = this;
    const run = session.run.id;
    const key = `${run} ${node} ${corrects} ${action} ${text}`;
    const known = session.model.size;
    const { items } = await api.add(run, node, { id: this.#idFor(key), action, text, ...(corrects !== null && { corrects }) });
    this.unanswered.delete(key);
    if (session.run?.id !== run) return;
    this.#added(run, items, known);
    const [{ id }] = items;
    session.selectSoon(id);
    session.catchUp();
    session.say(t(id < known ? "steer.known" : "steer.yours", { node: id }), this.#whatNext(), false);
  }

  /** The selected step's id; says what to do where there is none. */
  #selected() {
    const { session } = this;
    if (session.shared || !session.run) return null;
    if (session.past) {
      session.sayPast();
      return null;
    }
    if (session.selected === null) session.saySelect();
    return session.selected;
  }

  #mayAdd(node) {
    const { add, restore } = this.at(node);
    if (restore !== null) this.session.say(t("steer.isPruned", { node: restore }), t("steer.restoreFirst"), false);
    else if (!add) this.session.say(t("steer.nothingFollows"), t("steer.selectBefore"), false);
    return add;
  }

  async #do(key, failed, act) {
    const { session } = this;
    const run = session.run.id;
    try {
      const said = await act(run);
      this.unanswered.delete(key);
      if (session.run?.id !== run) return;
      session.catchUp();
      session.say(...said, false);
    } catch (error) {
      if (session.run?.id === run) session.say(t(failed, { why: error.message }), error.hint);
    }
  }

  /** What was there before is not taken out again. */
  #added(run, items, known) {
    const fresh = items.map(({ id }) => id).filter((id) => id >= known);
    if (!fresh.length) return;
    this.#did(run, async () => {
      for (const id of fresh) await api.prune(run, id, true);
      return t("steer.undoneAdd", namesOf(fresh));
    });
  }

  #did(run, takeBack) {
    const { session } = this;
    if (session.run?.id !== run) return;
    session.undo.did(async () => {
      const said = await takeBack();
      if (session.run?.id === run) session.catchUp();
      return said;
    });
  }

  #idFor(key) {
    if (!this.unanswered.has(key)) this.unanswered.set(key, uuid());
    return this.unanswered.get(key);
  }

  /** What the search does with it now. */
  #whatNext() {
    const { session } = this;
    if (session.active) return t("steer.goesOn");
    return session.unspent ? t("steer.resume") : t("steer.usedUp");
  }

  /** The thought actions that the run's generator knows. */
  async #knownActions() {
    this.actions ??= api.models();
    try {
      const { generators } = await this.actions;
      return generators.find((one) => one.name === this.session.run.generator)?.actions ?? [USUAL, ANSWER];
    } catch (error) {
      this.actions = null;
      throw error;
    }
  }
}

/** The form for one step. What was typed stays until it is stored, or the dialog closed. */
class StepDialog {
  /** @param {number|null} edited the step below `node` that it starts from */
  constructor(steering, node, edited, actions) {
    this.steering = steering;
    this.node = node;
    this.edited = edited;
    const { model } = steering.session;
    const before = model.nodes[node];
    const first = model.nodes[edited] ?? { action: USUAL, text: "" };
    const chosen = actions.includes(first.action) ? first.action : USUAL;
    this.action = h("select.tw-select", { onchange: () => this.#hint() }, actions.map((name) =>
      h("option", { value: name, selected: name === chosen }, words(name))));
    this.text = h("textarea.tw-step-text", {
      rows: 4, maxlength: LONGEST, "aria-label": t("stepDialog.text"), dir: "auto", onkeydown: (event) => this.#key(event),
    });
    this.hint = h("p.tw-dim");
    this.trouble = h("p.tw-trouble", { role: "alert", hidden: true });
    this.button = h("button.tw-button.tw-primary.tw-add-step", { type: "button", onclick: () => this.#add() }, t("stepDialog.add"));
    this.text.value = first.text;
    const place = edited !== null ? t("stepDialog.edit", { node: edited }) : before.parent === null ? t("stepDialog.first") : t("stepDialog.below", { node });
    this.dialog = openDialog(place,
      h("p.tw-step-before", { dir: "auto" }, before.parent === null ? null : h("b", {}, `${words(before.action)} `), oneLine(before.text, 240)),
      h("label.tw-step-action", {}, pieces("stepDialog.action", { action: this.action })),
      h("p.tw-dim", {}, t("stepDialog.aboutAction")),
      this.text, this.hint, this.trouble, h("div.tw-dialog-buttons", {}, this.button));
    this.#hint();
    warnOfLoss(this.dialog, this.text, this.trouble);
    this.text.focus();
  }

  #hint() {
    const answers = this.action.value === ANSWER;
    const beside = this.edited === null ? "" : t("stepDialog.beside", { node: this.edited });
    setText(this.hint, (answers ? t("stepDialog.answers") : t("stepDialog.scored")) + beside);
    if (answers && !this.text.value) this.text.value = "Answer: ";
  }

  #key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#add();
  }

  async #add() {
    if (this.button.disabled) return;
    this.button.disabled = true;
    this.trouble.hidden = true;
    try {
      await this.steering.add(this.node, this.action.value, this.text.value, this.edited);
      this.dialog.close();
    } catch (error) {
      setText(this.trouble, [error.message, error.hint].filter(Boolean).join(" "));
      this.trouble.hidden = false;
    }
    this.button.disabled = false;
  }
}

/** What came of a request for proposals, in words; `known`: how many nodes there were before it. */
function arrived(items, known) {
  const fresh = items.filter((node) => node.id >= known);
  if (!fresh.length) return t("steer.nothingNew");
  return t(fresh.length < MORE ? "steer.proposedFewer" : "steer.proposed", namesOf(fresh.map(({ id }) => id)));
}

function namesOf(ids) {
  return { count: ids.length, names: listed(ids.map((id) => `#${id}`)) };
}
