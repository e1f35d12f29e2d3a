/** What is to outlive a reload of this tab, once. Storage can be forbidden: then it does not. */

export function keepForNext(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // What was typed has to be typed again.
  }
}

/** @returns {any} what was kept, and is so no longer; null for nothing */
export function takeKept(key) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key));
    sessionStorage.removeItem(key);
    return kept;
  } catch {
    return null;
  }
}
