// @ts-check
/** @import { SandboxLog } from "../protocol" */

const MAX_LINES = 1_000;
const MAX_CHARACTERS = 256 * 1024;
const MAX_LINE_CHARACTERS = 16 * 1024;

/** What the code wrote to its console, up to a limit; how much went beyond it is told, not hidden. */
export class LogBuffer {
  /** @type {SandboxLog[]} */
  lines = [];
  dropped = 0;
  #characters = 0;

  /** @param {string} level @param {string} text */
  add(level, text) {
    if (this.lines.length >= MAX_LINES || this.#characters >= MAX_CHARACTERS) {
      this.dropped++;
      return;
    }
    const excess = text.length - MAX_LINE_CHARACTERS;
    const message = excess > 0 ? `${text.slice(0, MAX_LINE_CHARACTERS)}… (${excess} more characters)` : text;
    this.#characters += message.length;
    this.lines.push({ level: /** @type {SandboxLog["level"]} */ (level), message });
  }
}
