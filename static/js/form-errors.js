/** What the API says about a request, in the words of the form: names of inputs, not of JSON fields. */

import { words } from "./format.js";

const BUDGETS = {
  generated_tokens: "Token budget", nodes: "Max nodes", seconds: "Max seconds", calls: "Max calls", prompt_tokens: "Max prompt tokens",
};
const FIELDS = { problem: "Problem", reference_answer: "Reference answer", seed: "Seed", strategy: "Strategy" };

/** What validation says of an "Input", as it goes on after the input's own name. */
const SENTENCES = [
  [/^Input should be greater than or equal to (.+)$/, "must be at least $1"],
  [/^Input should be less than or equal to (.+)$/, "must be at most $1"],
  [/^Input should be a valid integer.*$/, "must be a whole number"],
  [/^Input should be a (?:valid|finite) number.*$/, "must be a number"],
  [/^Input should be /, "must be "],
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
    const titles = properties.map(([name, { title }]) => [name, title ?? words(name)]);
    return { message: named(message.replace(/^settings of [^:]+: /i, ""), titles), hint: "Change it under Strategy settings." };
  }
  if (code === "invalid_budget") return aboutBudget(message);
  if (code === "invalid_request" && /openapi/i.test(hint)) {
    const budgets = Object.entries(BUDGETS).map(([name, title]) => [`budget.${name}`, title]);
    return { message: named(message, [...Object.entries(FIELDS), ...budgets]), hint: "Correct it and search again." };
  }
  return { message, hint };
}

function aboutBudget(message) {
  const name = /budget (\w+) /i.exec(message)?.[1];
  const hint = name === "generated_tokens" ? "6,000 tokens are a good start." : "Leave it empty for no limit.";
  return { message: message.replace(/^the budget \w+/i, BUDGETS[name]).replace(/, and whole but for seconds$/, ""), hint };
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
    return title && rest.length ? `${title} ${sentence(rest.join(": "))}.` : fault;
  }).join(" ");
}

function sentence(said) {
  const known = SENTENCES.find(([pattern]) => pattern.test(said));
  return known ? said.replace(...known) : `is not right: ${said}`;
}
