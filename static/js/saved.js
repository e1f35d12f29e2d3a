/** The entry point of a saved run (app/page/saved.py): the explorer, reading only, with no server behind it. */

import { api } from "./api.js";
import { showKeys } from "./dialogs.js";
import { words } from "./format.js";
import { Explorer } from "./explorer.js";
import { openMenu } from "./menu.js";
import { keysForLooking, keysForTime, listenToKeys } from "./keys.js";
import { Labels } from "./labels.js";
import { pictureItems } from "./pictures.js";
import { Session } from "./session.js";
import { Steering } from "./steering.js";
import { restoreTheme, switchTheme } from "./theme.js";
import { Player } from "./time/player.js";
import { said } from "./words.js";

async function show(element) {
  const { items: strategies } = await api.strategies();
  const strategyTitle = (name) => said(strategies.find((one) => one.name === name)?.title ?? words(name));
  const session = new Session();
  const actions = {
    strategyTitle,
    keys: () => showKeys(true),
    theme: switchTheme,
    exports: (button) => openMenu(button, pictureItems(session, explorer.overview, strategyTitle)),
  };
  const player = new Player(session);
  const explorer = new Explorer(session, new Labels(session), new Steering(session), player, actions, null);
  element.replaceChildren(explorer.element);
  listenToKeys(() => ({ ...keysForLooking(session, explorer), ...keysForTime(player), "?": () => showKeys(true) }));
  window.treewright = { session, explorer };
  await session.open(element.dataset.run);
}

document.body.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
restoreTheme();
show(document.querySelector(".tw-host"));
