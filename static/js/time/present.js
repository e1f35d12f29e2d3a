/** What the way back from the past is called: a notice that names the button has to say what stands on it. */

import { t } from "../words.js";

/** @param {any} record the run as it is now */
export function presentName(record) {
  return ["queued", "running"].includes(record?.status) ? t("player.live") : t("player.end");
}
