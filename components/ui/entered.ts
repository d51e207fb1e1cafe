interface Control {
  isConnected: boolean;
  value?: string;
  checked?: boolean;
  type?: string;
  textContent?: string | null;
  getAttribute: (name: string) => string | null;
}

/** Where something is entered. Searches are none: what they hold is not lost. */
export const CONTROLS = 'input:not([type="search"]):not([cmdk-input]):not([readonly]), textarea, select, [contenteditable="true"], button[role="checkbox"], button[role="switch"], button[role="radio"], button[role="combobox"]';

function contentOf(control: Control): string {
  if (control.type === "checkbox" || control.type === "radio") return String(control.checked);
  return control.getAttribute("aria-checked") ?? (control.getAttribute("role") === "combobox" || control.value === undefined ? (control.textContent ?? "") : control.value);
}

/** What was entered since a dialog is open. A control is known from when somebody first goes to it. */
export class Entered {
  readonly #known = new Map<Control, { before: string; now: string }>();

  visit(control: Control | null): void {
    this.#read();
    if (control === null || this.#known.has(control)) return;
    const content = contentOf(control);
    this.#known.set(control, { before: content, now: content });
  }

  /** What stood in controls that are gone counts as it was last seen. */
  get isSomething(): boolean {
    this.#read();
    return [...this.#known.values()].some(({ before, now }) => before !== now);
  }

  #read(): void {
    for (const [control, known] of this.#known) if (control.isConnected) known.now = contentOf(control);
  }
}
