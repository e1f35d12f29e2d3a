/** What the API says about a request, in the words of the form: names of inputs, not of JSON fields. */

import { words } from "./format.js";
import { said, t } from "./words.js";

const BUDGETS = {
  generated_tokens: t("form.tokens"), nodes: t("form.nodes"), seconds: t("form.seconds"), calls: t("formErrors.calls"),
  prompt_tokens: t("formErrors.promptTokens"),
};
const FIELDS = {
  problem: t("form.problem"), reference_answer: t("form.reference"), seed: t("form.seed"), strategy: t("form.strategy"),
};

/** What validation says of an "Input", as it goes on after the input's own name. */
const SENTENCES = [
  [/^Input should be greater than or equal to (.+)$/, (limit) => t("formErrors.atLeast", { limit })],
  [/^Input should be less than or equal to (.+)$/, (limit) => t("formErrors.atMost", { limit })],
  [/^Input should be a valid integer.*$/, () => t("formErrors.whole")],
  [/^Input should be a (?:valid|finite) number.*$/, () => t("formErrors.number")],
  [/^Input should be (.+)$/, (what) => t("formErrors.mustBe", { what })],
];

/**
 * @param {{code: string, message: string, hint: string}} error an ApiError
 * @param {{settings: any}|null} strategy the chosen one, as the API describes it
 * @returns {{message: string, hint: string}}
 */
export function inTheFormsWords(error, strategy) {
  const { code, message, hint } = error;
  if (code === "invalid_settings") {
    const properties = Object.entries(strategy?.settings?.properties ?? {});
    const titles = properties.map(([name, { title }]) => [name, said(title ?? words(name))]);
    return { message: named(message.replace(/^settings of [^:]+: /i, ""), titles), hint: t("formErrors.settings") };
  }
  if (code === "invalid_budget") return aboutBudget(message);
  if (code === "invalid_request" && /openapi/i.test(hint)) {
    const budgets = Object.entries(BUDGETS).map(([name, title]) => [`budget.${name}`, title]);
    return { message: named(message, [...Object.entries(FIELDS), ...budgets]), hint: t("formErrors.again") };
  }
  return { message, hint };
}

function aboutBudget(message) {
  const name = /budget (\w+) /i.exec(message)?.[1];
  const hint = name === "generated_tokens" ? t("formErrors.goodStart") : t("formErrors.noLimit");
  const title = BUDGETS[name] ?? words(name);
  const limit = / at most (\S+)$/.exec(message)?.[1];
  return { message: limit ? t("formErrors.mayBeAtMost", { title, limit }) : t("formErrors.aboveZero", { title }), hint };
}

/**
 * "n: Input should be …; top_k: …" in words.
 * @param {[string, string][]} titles the form's name of each field
 */
function named(faults, titles) {
  return faults.split("; ").map((fault) => {
    const [name, ...rest] = fault.split(": ");
    // An error begins with a capital letter, even where it begins with a name.
    const [, title] = titles.find(([one]) => one === name || one === name.toLowerCase()) ?? [];
    return title && rest.length ? t("formErrors.sentence", { title, said: sentence(rest.join(": ")) }) : fault;
  }).join(" ");
}

function sentence(fault) {
  for (const [pattern, say] of SENTENCES) {
    const found = pattern.exec(fault);
    if (found) return say(found[1]);
  }
  return t("formErrors.notRight", { fault });
}
