/** What the API says about a request, in the words of the form: names of inputs, not of JSON fields. */

const BUDGETS = {
  generated_tokens: "Token budget", nodes: "Max nodes", seconds: "Max seconds", calls: "Max calls", prompt_tokens: "Prompt tokens",
};

/**
 * @param {{code: string, message: string, hint: string}} error an ApiError
 * @param {{title: string, settings: any}|null} strategy the chosen one, as the API describes it
 * @returns {{message: string, hint: string}}
 */
export function inTheFormsWords(error, strategy) {
  if (error.code === "invalid_settings" && strategy) {
    const faults = error.message.replace(/^settings of [^:]+: /i, "");
    return { message: named(faults, strategy.settings?.properties ?? {}), hint: "Change it under Strategy settings." };
  }
  if (error.code === "invalid_budget") {
    const budget = Object.keys(BUDGETS).find((name) => error.message.includes(`budget ${name} `));
    const message = budget ? error.message.replace(/the budget \w+/i, BUDGETS[budget]) : error.message;
    return { message, hint: "For example 6,000 tokens and 60 seconds; leave a limit empty for none." };
  }
  if (error.code === "invalid_request") {
    const message = error.message.replace(/\bbudget\.(\w+)/gi, (all, name) => BUDGETS[name.toLowerCase()] ?? all);
    return { message, hint: "Correct it and search again." };
  }
  return { message: error.message, hint: error.hint };
}

/** "n: Input should be …; top_k: …" with the titles of the settings in place of their names. */
function named(faults, properties) {
  return faults.split("; ").map((fault) => {
    const [name, ...rest] = fault.split(": ");
    const title = properties[name.toLowerCase()]?.title;
    return title ? `${title}: ${rest.join(": ").replace(/^Input /, "it ")}` : fault;
  }).join("; ");
}
