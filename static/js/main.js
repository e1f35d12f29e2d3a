/**
 * The entry point. The Gradio page hands over its host elements one by one (`host`) and calls the other
 * exported functions from its inputs; everything else happens in the modules wired together here.
 */

import { readAddress, readLook, writeAddress, writeLook, writeMoment, writePair } from "./address.js";
import { searchFile } from "./batch.js";
import { brand } from "./brand.js";
import { chooseOther } from "./compare/choose.js";
import { showKeys, showKeysOfComparison } from "./dialogs.js";
import { EMBEDDED } from "./embed.js";
import { Explorer } from "./explorer.js";
import { ExportMenu } from "./exports.js";
import { SearchForm } from "./form.js";
import { giveHints } from "./hints.js";
import { keysForLooking, keysForPicture, keysForTime, listenToKeys } from "./keys.js";
import { Labels } from "./labels.js";
import { languageItem } from "./language.js";
import { tameLists } from "./lists.js";
import { RunActions } from "./run-actions.js";
import { RunList } from "./runs.js";
import { coalesced, nothingWaits } from "./schedule.js";
import { Session } from "./session.js";
import { share } from "./share.js";
import { Steering } from "./steering.js";
import { restoreTheme, switchTheme } from "./theme.js";
import { Player } from "./time/player.js";
import { said, t } from "./words.js";

const session = new Session();
const labels = new Labels(session);
const steering = new Steering(session, (node) => searchFrom(node));
const player = new Player(session);
const form = new SearchForm((run) => openRun(run.id), () => backToTree(), () => session.run);
const strategyTitle = (name) => form.titleOf(name);
const runActions = new RunActions(session, {
  left: () => leaveRun(), opened: (id) => openRun(id), changed: () => runs.refresh(true), duplicate: (run) => duplicate(run),
});
const runs = new RunList(session, {
  open: (id) => openRun(id), compare: (pair) => openPair(pair), strategyTitle,
  strategies: () => form.load().then(() => form.strategies), menu: (run, deleted) => runActions.items(run, deleted),
});
const ADDRESS_MS = 400;
/** Leaves an input of Gradio's as it is. */
const UNCHANGED = { __type__: "update" };
/** Goes to the page in another language. */
let leave = () => {};
let explorer = null;
/** Two runs side by side; null until somebody compares. */
let comparison = null;

/** Takes over one of the page's empty elements. Called by Gradio when the element is there. */
export function host(name, element) {
  if (name === "brand") element.replaceChildren(brand(runs.way("tw-button", showRuns)));
  else if (name === "runs") hostRuns(element);
  else if (name === "explorer") hostExplorer(element);
  else form.host(name, element);
}

/** For the page's load: the choices of the example and the strategy inputs, as Gradio updates. */
export async function formChoices(_example, strategy) {
  await form.load();
  session.tell("run");
  const names = form.strategies.map((one) => one.name);
  const chosen = names.includes(strategy) ? strategy : (names[0] ?? null);
  form.choose(chosen);
  const update = (choices, value) => ({ __type__: "update", choices, value });
  return [
    update([[t("form.ownProblem"), ""], ...form.examples.map((one) => [said(one.title), one.title])], ""),
    update(form.strategies.map((one) => [said(one.title), one.name]), chosen),
  ];
}

/** For the page's load: the words of the inputs, as Gradio updates. The order is that of `_Form.worded` in layout.py. */
export function formWords() {
  const label = (key, more = {}) => ({ __type__: "update", label: t(key), ...more });
  const value = (key) => ({ __type__: "update", value: t(key) });
  return [
    label("form.example"), label("form.problem", { placeholder: t("form.placeholder") }), label("form.strategy"), label("form.tokens"),
    label("form.more"), label("form.reference", { info: t("form.referenceInfo") }), label("form.nodes"), label("form.seconds"),
    label("form.seed"), value("form.search"), value("form.batch"),
  ];
}

/** Another example was picked: its problem and reference answer, for the two inputs. Gradio calls it when the list is left, too. */
export function example(title) {
  if (!form.pick(title)) return [UNCHANGED, UNCHANGED];
  const chosen = form.example(title);
  form.changed(chosen?.problem ?? "");
  return [chosen?.problem ?? "", chosen?.reference_answer ?? ""];
}

/**
 * The problem is another: it is no longer the example that was picked, and the example's reference answer must
 * not grade it, nor must one that graded the search before. What the person typed for this problem stays. For the
 * example and the reference input. An example that fills the form comes here as well, and is the example that was picked.
 */
export function edited(problem, title, reference) {
  const chosen = form.example(title);
  form.changed(problem);
  session.tell("problem");
  const outdated = form.reference.outdated(problem, reference) ? "" : UNCHANGED;
  if (!chosen) return [UNCHANGED, outdated];
  if (problem === chosen.problem) return [UNCHANGED, UNCHANGED];
  form.pick("");
  return ["", reference === chosen.reference_answer ? "" : outdated];
}

/** What the search is graded against is another. */
export function graded(reference) {
  form.reference.changed(reference);
}

/** A limit of the search is another, or none. */
export function limits(tokens, ...others) {
  form.limits(tokens, others);
}

export function strategy(name) {
  form.choose(name);
}

/** The Search button. The order is that of `_Form.inputs` in app/page/layout.py. */
export async function search(...inputs) {
  await form.submit(typed(...inputs));
}

/** Gradio's own key for it is Shift+Enter. */
function searchByKey(event) {
  const asked = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;
  if (asked && event.target.closest?.("#tw-problem")) document.getElementById("tw-search").click();
}

function typed(problem, name, tokens, nodes, seconds, reference, seed) {
  return { problem, strategy: name, reference_answer: reference, seed, budget: { generated_tokens: tokens, nodes, seconds } };
}

/** The button below it: a file of problems, searched as the rest of the form says. */
export function batch(...inputs) {
  const { problem, reference_answer, from, ...how } = form.request(typed(...inputs));
  const limit = how.budget.generated_tokens;
  const about = [form.titleOf(how.strategy), limit && t("form.tokensEach", { count: limit })].filter(Boolean).join(", ");
  searchFile(how, about, (tag) => runs.showTag(tag));
}

/** Before the page comes again in another language: what is in the form is kept for it. */
export function keep(...inputs) {
  form.keep(typed(...inputs));
  leave();
}

/** Puts it back. For the outputs of `form.copy` (layout.py), which stay as they are where nothing was kept. */
export async function restored() {
  return (await form.restore()) ? copied() : Array(9).fill(UNCHANGED);
}

/**
 * What a run was asked for goes into the form: for the outputs of `form.copy` (layout.py). Whoever searches from a
 * step has nothing to change in it, and Search in sight.
 */
export function copied() {
  form.pick("");
  return [form.from ? UNCHANGED : { __type__: "update", open: true }, "", ...form.copied()];
}

/** @param {{node: number, steps: number}|null} from the step to begin at */
async function duplicate(run, from = null) {
  await form.copy(run, from);
  document.getElementById("tw-copy").click();
  if (!document.documentElement.classList.contains("tw-form-open") && narrow()) switchForm();
  document.getElementById("tw-side").scrollTo({ top: 0, behavior: "smooth" });
  form.tellCopied(!from);
  form.focus();
}

/** The form was not wanted after all. */
function backToTree() {
  if (history.state?.form) history.back();
  document.querySelector(".tw-rows")?.focus({ preventScroll: true });
}

/** By way of the inputs, whose values only Gradio knows. @param {() => void} next goes to the page in the other language */
function switchLanguage(next) {
  leave = next;
  document.getElementById("tw-keep").click();
}

function searchFrom(node) {
  return duplicate(session.record, { node, steps: session.model.nodes[node].depth });
}

/** Somebody started or picked a run. */
function openRun(id, node = null) {
  if (history.state?.form && id === session.run?.id) {
    history.back(); // it lies right behind the form
    return;
  }
  writeAddress(id, node, true);
  showForm(false);
  showRun(id, node);
}

function showRun(id, node = null, at = null) {
  hidePair();
  form.tellCopied(false);
  explorer?.tab("overview");
  session.open(id, node, async () => at !== null && player.goTo(at));
}

/** The open run was deleted. */
function leaveRun() {
  writeAddress(null, null, true);
  showForm(true);
  session.closeRun();
}

/** Somebody wants to see two runs side by side. @param {string[]} pair */
function openPair(pair) {
  const nodes = pair.map((id) => (id !== null && id === session.run?.id ? session.selected : null));
  writePair(pair, nodes, true);
  showForm(false);
  showPair(pair, nodes);
}

async function showPair(pair, nodes) {
  document.documentElement.classList.add("tw-comparing");
  session.closeRun();
  const { Comparison } = await import("./compare/view.js");
  await form.load();
  // Somebody may have gone on meanwhile.
  if (String(readAddress().pair) !== String(pair)) return;
  comparison ??= newComparison(Comparison);
  comparison.show(pair, nodes);
}

function hidePair() {
  document.documentElement.classList.remove("tw-comparing");
  if (!comparison || comparison.element.hidden) return;
  comparison.hide();
  runs.refresh();
}

function newComparison(Comparison) {
  const made = new Comparison(explorer.element.parentElement.dataset.plotly, {
    leave: leavePair,
    choose: chooseFor,
    keys: showKeysOfComparison,
    theme: switchTheme,
    language: switchLanguage,
    open: openRun,
    strategyTitle,
    selected: (nodes) => writePair(readAddress().pair, nodes),
  });
  explorer.element.append(made.element);
  return made;
}

/** To the first of the two, and the step that was selected in it. */
function leavePair() {
  const { pair, nodes } = readAddress();
  const k = pair.findIndex((id) => id !== null);
  if (k >= 0) openRun(pair[k], nodes[k] ?? null);
}

function chooseFor(run) {
  chooseOther(run, { form, compare: (other) => openPair([run.id, other]) });
}

/** Shows the list of searches: on a small screen it is below the form, which the tree may have taken the place of. */
function showRuns() {
  if (narrow() && !document.documentElement.classList.contains("tw-form-open")) switchForm();
  runs.focus();
}

function hostRuns(element) {
  element.replaceChildren(runs.element);
  if (!session.shared) runs.refresh();
}

function hostExplorer(element) {
  const exportMenu = new ExportMenu(session, strategyTitle);
  restoreTheme();
  tameLists();
  document.addEventListener("keydown", searchByKey);
  const actions = {
    share: () => share(session),
    compare: () => chooseFor(session.run),
    keys: () => showKeys(session.shared),
    theme: switchTheme,
    language: switchLanguage,
    strategyTitle,
    menu: (button) => [
      // Where there is no room for buttons of their own.
      ...(narrow() ? [{ title: t("bar.shareMore"), act: actions.share }, { title: t("bar.exportMore"), act: () => actions.exports(button) }, { title: t("bar.compareMore"), act: actions.compare }] : []),
      ...runActions.items(session.run),
      ...(narrow() ? [{ title: t("bar.theme"), act: switchTheme }, languageItem(switchLanguage)] : []),
    ],
    exports: (button) => exportMenu.open(button, explorer.overview),
    form: switchForm,
    runs: runs.way("tw-icon-button", showRuns),
  };
  explorer = new Explorer(session, labels, steering, player, actions, element.dataset.plotly);
  element.replaceChildren(explorer.element);
  delete document.documentElement.dataset.opening;
  session.on("open", () => form.forgetRefusal());
  session.on("select", () => session.run && writeAddress(session.run.id, session.chosen));
  // Browsers allow few changes of the address in a row.
  const keepMoment = coalesced(() => session.run && writeMoment(session.past?.seq ?? null), ADDRESS_MS);
  session.on("time", () => keepMoment());
  window.addEventListener("popstate", followAddress);
  session.on("look", () => readAddress().pair || writeLook(explorer.look));
  const [ofTree, ofPair] = [EMBEDDED ? keysForPicture(session, explorer) : keyActions(), { Escape: leavePair, "?": showKeysOfComparison }];
  explorer.outline.isPageKey = (key) => Object.hasOwn(ofTree, key);
  listenToKeys(() => (readAddress().pair ? ofPair : ofTree));
  exposeForTests();
  giveHints(session);
  followAddress();
}

function followAddress() {
  const { run, node, at, pair, nodes } = readAddress();
  const look = readLook();
  // The state outlives a reload: the form is in front of a run again when it was.
  showForm((run === null && pair === null) || history.state?.form === true);
  if (pair) {
    showPair(pair, nodes);
    return;
  }
  hidePair();
  if (run === null && session.shared) session.deadLink();
  else if (run === null) {
    if (session.run || session.connection !== "idle") session.closeRun();
  } else if (run === session.run?.id) {
    session.select(node);
    player.goTo(at ?? Infinity);
  } else showRun(run, node, at);
  // After the run was opened: that made everything look as it does at first.
  explorer?.restore(look);
}

const narrow = () => matchMedia("(max-width: 999px)").matches;

/** On a small screen the form and the tree take turns. */
function showForm(open) {
  document.documentElement.classList.toggle("tw-form-open", open);
}

/** The form in front of a run is an entry of its own in the history: Back leads to the run again. */
function switchForm() {
  if (history.state?.form) {
    history.back();
  } else {
    history.pushState({ form: true }, "", location.href);
    showForm(true);
  }
}

function keyActions() {
  return {
    1: () => labels.set(-1),
    2: () => labels.set(0),
    3: () => labels.set(1),
    0: () => labels.set(null),
    c: () => explorer.reading.comments.write(),
    m: () => session.flags.toggle(),
    "ctrl+z": () => session.undo.last(),
    g: () => steering.propose(),
    e: () => steering.write(),
    i: () => steering.edit(),
    r: () => steering.searchFromHere(),
    x: () => steering.prune(),
    ...keysForLooking(session, explorer),
    ...keysForTime(player),
    "?": () => showKeys(session.shared),
  };
}

/** What browser tests wait for and look at. Reading only, except `receive`. */
function exposeForTests() {
  window.treewright = {
    get model() { return session.model; },
    get run() { return session.run; },
    get selected() { return session.selected; },
    get status() { return session.run?.status ?? null; },
    get seconds() { return session.seconds; },
    get at() { return player.at; },
    get playing() { return player.playing; },
    get notice() { return explorer.notices.said.textContent; },
    get connection() { return session.connection; },
    get drawn() { return explorer.overview.drawn; },
    get settled() { return explorer.overview.settled && nothingWaits(); },
    get view() { return explorer.overview.nodeLink.range; },
    get pair() { return comparison?.state ?? null; },
    pixel: (id) => explorer.overview.pixel(id),
    receive: (event) => session.receive(event),
  };
}
