/**
 * Follows the events of one run, by a WebSocket: an event stream keeps one of the six connections that a browser
 * makes to a server, for all its tabs together. Where no socket comes through, as behind some proxies, by event streams.
 * A tab has one at most (two while it compares runs, or fetches the past of one), none while it is hidden, and none
 * once the run has ended. Reconnects by itself.
 */

import { SAVED, api } from "./api.js";

const KINDS = [
  "node_added", "merged", "asked", "told", "backed_up", "reopened", "closed", "scored",
  "labelled", "pruned", "flagged", "requested", "answered", "graded", "summarized", "status",
];
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;

export class EventStream {
  /**
   * @param {Object} handlers
   * @param {() => number} handlers.after the sequence number of the last event seen
   * @param {(event: any) => void} handlers.event
   * @param {(state: "live"|"waiting"|"ended"|"lost", error?: Error) => void} handlers.state
   */
  constructor(handlers) {
    this.handlers = handlers;
    this.run = null;
    this.source = null;
    this.timer = 0;
    this.failures = 0;
    this.bySocket = true;
    document.addEventListener("visibilitychange", () => this.#visibility());
  }

  /** Follows this run from now on, whatever was followed before. */
  open(run) {
    this.close();
    this.run = run;
    this.failures = 0;
    if (SAVED) this.#readSaved();
    else if (!document.hidden) this.#connect();
  }

  close() {
    this.run = null;
    this.#disconnect();
  }

  #visibility() {
    if (document.hidden) this.#disconnect();
    else if (this.run && !this.source && !SAVED) this.#connect();
  }

  /** A saved page holds all the events that there were. */
  #readSaved() {
    for (const event of api.savedEvents(this.run)) if (event.seq > this.handlers.after()) this.handlers.event(event);
    this.handlers.state("ended");
  }

  #disconnect() {
    clearTimeout(this.timer);
    const { source } = this;
    this.source = null;
    source?.close();
  }

  #connect() {
    this.#disconnect();
    this.source = this.bySocket ? this.#socket() : this.#eventSource();
  }

  #socket() {
    const socket = new WebSocket(api.socketUrl(this.run, this.handlers.after()));
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#opened();
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (this.source !== socket) return;
      if (Array.isArray(message)) for (const event of message) this.handlers.event(event);
      else this.#ended();
    };
    socket.onclose = () => {
      if (this.source !== socket) return;
      // Whether nobody listens or nothing lets a socket through cannot be told: next time the other way.
      if (!opened) this.bySocket = false;
      this.#failed();
    };
    return socket;
  }

  #eventSource() {
    const source = new EventSource(api.eventsUrl(this.run, this.handlers.after()));
    source.onopen = () => this.#opened();
    // It gives up for good when the server answers with an error, as it does while it restarts.
    source.onerror = () => {
      this.bySocket = true;
      this.#failed();
    };
    for (const kind of KINDS) {
      source.addEventListener(kind, (message) => this.handlers.event(JSON.parse(message.data)));
    }
    source.addEventListener("end", () => this.#ended());
    return source;
  }

  #opened() {
    this.failures = 0;
    this.handlers.state("live");
  }

  #ended() {
    this.close();
    this.handlers.state("ended");
  }

  /** Neither says why it failed; asking for the run tells "gone" from "not now". */
  async #failed() {
    const run = this.run;
    this.#disconnect();
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.failures);
    this.failures += 1;
    this.handlers.state("waiting");
    try {
      await api.run(run);
    } catch (error) {
      if (error.final && this.run === run) {
        this.close();
        this.handlers.state("lost", error);
        return;
      }
    }
    if (this.run !== run || this.source) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.run === run && !document.hidden) this.#connect();
    }, wait);
  }
}
