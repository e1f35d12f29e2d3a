/** The page in a frame of another one, such as a slide: `?embed=1` shows the tree only, and the way to the rest. */

import { h, setText } from "./dom.js";
import { oneLine } from "./format.js";
import { t } from "./words.js";

export const EMBEDDED = new URLSearchParams(location.search).get("embed") === "1";

/** @param {import("./session.js").Session} session */
export function embedBar(session) {
  const problem = h("h1.tw-problem", { dir: "auto" });
  const link = h("a.tw-button.tw-open-whole", {
    href: wholeAddress(), target: "_blank", rel: "noopener",
    // The moment and the step that are looked at now.
    onclick: () => link.setAttribute("href", wholeAddress()),
  }, t("embed.open"));
  session.on("run", () => setText(problem, oneLine(session.run?.problem ?? "", 200)));
  return h("header.tw-embed-bar", {}, problem, link);
}

/**
 * What a reader of this page puts into one of their own.
 * @param {string} url a share link
 */
export function frameCode(url) {
  const source = `${url}${url.includes("?") ? "&" : "?"}embed=1`;
  return `<iframe src="${source}" title="${t("embed.title")}" width="100%" height="480" style="border:0"></iframe>`;
}

/**
 * A shared tree is opened by its link once more, which stands behind the #: a cookie that was set inside
 * another site's page counts only there.
 */
function wholeAddress() {
  const query = new URLSearchParams(location.search);
  query.delete("embed");
  if (!location.hash) return `${location.pathname}?${query}`;
  const kept = new URLSearchParams([...query].filter(([name]) => ["at", "lang"].includes(name)));
  return `t/${location.hash.slice(1)}${kept.size ? `?${kept}` : ""}`;
}
