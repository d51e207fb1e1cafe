interface Control {
  id: string;
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
  const told = control.getAttribute("data-value") ?? control.getAttribute("aria-checked");
  return told ?? (control.getAttribute("role") === "combobox" || control.value === undefined ? (control.textContent ?? "") : control.value);
}

/**
 * What was entered since a dialog is open. A control is known from when somebody first goes to it, and by its id:
 * a select that is opened is another element.
 */
export class Entered {
  readonly #known = new Map<Control | string, { control: Control; before: string; now: string }>();

  visit(control: Control | null): void {
    if (control === null) return this.#read();
    const key = control.id === "" ? control : control.id;
    const known = this.#known.get(key);
    const now = contentOf(control);
    if (known === undefined) this.#known.set(key, { control, before: now, now });
    else known.control = control;
    this.#read();
  }

  /** What stood in controls that are gone counts as it was last seen. */
  get isSomething(): boolean {
    this.#read();
    return [...this.#known.values()].some(({ before, now }) => before !== now);
  }

  forget(): void {
    this.#known.clear();
  }

  #read(): void {
    for (const known of this.#known.values()) if (known.control.isConnected) known.now = contentOf(known.control);
  }
}
