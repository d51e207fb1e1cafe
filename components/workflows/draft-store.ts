import { readDraft } from "@/components/builder/draft";
import { isSameValue } from "@/server/nodes/same-value";
import type { WorkflowProblem } from "@/server/workflows/contract";
import { parseDraft, printDraft, type ParsedDraft } from "./draft-text";
import type { DraftShelf, KeptDraft } from "./draft-shelf";
import type { Conflict, Merge } from "./merge/conflict";
import { mergeDrafts } from "./merge/merge-drafts";
import { takeFrom } from "./merge/settle-conflict";

export type Document = Record<string, unknown>;

export interface ServerDraft {
  definition: Document;
  revision: number;
  /** Who saved it last. */
  draftUpdatedBy?: { id: string; name: string } | null;
}

export interface DraftState {
  /** What the person sees and edits. */
  text: string;
  parsed: ParsedDraft;
  /** The latest definition that could be read: what the canvas shows while the text is being typed. */
  definition: Document;
  isDirty: boolean;
  isSaving: boolean;
  /** Why the last attempt to save failed. */
  failure: string | null;
  /** Steps and connections that somebody else changed as well: each waits for a choice, and nothing is saved before. */
  conflicts: readonly Conflict[];
  /** Who made the other changes. */
  other: ServerDraft["draftUpdatedBy"];
  /** A draft that came in between and cannot be merged, because one of the two is not made of steps and connections. */
  conflict: ServerDraft | null;
  /** When the unsaved text that was found in this browser is from. */
  restoredFrom: number | null;
  /** Null until it has been validated. */
  problems: WorkflowProblem[] | null;
}

/** Edits from elsewhere came into the draft. */
export interface Incoming extends Pick<Merge, "news" | "lost" | "renamed"> {
  before: Document;
  after: Document;
  by: ServerDraft["draftUpdatedBy"];
}

export interface DraftPorts {
  save: (definition: Document, revision: number) => Promise<SaveResult>;
  validate: (document: unknown) => Promise<WorkflowProblem[]>;
  /** Until there is nothing more pressing than to validate. */
  rest?: () => Promise<void>;
  shelf: DraftShelf;
  now: () => number;
}

export type SaveResult = { ok: true; revision: number } | { ok: false; conflict: true } | { ok: false; conflict: false; message: string };

/**
 * The draft under edit. Unsaved text lies on a shelf in the browser until the server has it, so neither closing the tab,
 * nor a crash, nor someone else's edit loses it. Edits from elsewhere are merged in as they come.
 */
export class DraftStore {
  #state: DraftState;
  /** What the server holds, as far as is known here. */
  #server: ServerDraft;
  #savedText: string;
  /** What unsaved edits are compared with: the server's draft, but for what still waits for a choice. */
  #ground: Document;
  /** What was sent last: an answer may get lost, and come back as news. */
  #sent: Document | null = null;
  /** Came while it could not be merged. */
  #late: ServerDraft | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #incomingListeners = new Set<(incoming: Incoming) => void>();
  readonly #receivingListeners = new Set<() => void>();
  readonly #ports: DraftPorts;
  #validation = 0;

  constructor(draft: ServerDraft, ports: DraftPorts) {
    this.#ports = ports;
    this.#server = draft;
    this.#ground = draft.definition;
    const text = printDraft(draft.definition);
    this.#savedText = text;
    this.#state = {
      text,
      parsed: parseDraft(text),
      definition: draft.definition,
      isDirty: false,
      isSaving: false,
      failure: null,
      conflicts: [],
      other: null,
      conflict: null,
      restoredFrom: null,
      problems: null,
    };
    this.#adopt(text);
    const kept = ports.shelf.read();
    if (kept === null || !this.restore(kept)) ports.shelf.clear();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Tells of edits from elsewhere as they come in, before anybody is told that the state is different. */
  readonly onIncoming = (listener: (incoming: Incoming) => void): (() => void) => {
    this.#incomingListeners.add(listener);
    return () => this.#incomingListeners.delete(listener);
  };

  /** Tells before edits from elsewhere are looked at: what waits to be made is made now, so that the two are merged. */
  readonly onReceiving = (listener: () => void): (() => void) => {
    this.#receivingListeners.add(listener);
    return () => this.#receivingListeners.delete(listener);
  };

  readonly read = (): DraftState => this.#state;

  get revision(): number {
    return this.#server.revision;
  }

  /** Takes up unsaved text that was found. False when there is nothing to take up, or no place for it just now. */
  restore(kept: KeptDraft): boolean {
    if (this.#state.isDirty) return false;
    if (kept.text === this.#state.text) return true;
    const current = this.#server;
    this.#server = { ...current, revision: kept.revision };
    this.#ground = kept.base ?? current.definition;
    this.#adopt(kept.text);
    this.#set({ isDirty: true, restoredFrom: kept.at });
    if (kept.revision === current.revision && (kept.base === undefined || isSameValue(kept.base, current.definition))) this.#server = current;
    else if (kept.base === undefined) this.#set({ conflict: current });
    else this.#integrate(current);
    this.#keep();
    return true;
  }

  edit(text: string): void {
    if (text === this.#state.text) return;
    this.#adopt(text);
    this.#edited();
  }

  /** An edit of the definition itself, as the canvas makes them. */
  replace(definition: Document): void {
    if (definition === this.#state.definition && this.#state.parsed.ok) return;
    this.#put(definition);
    this.#edited();
  }

  /** True when the server has what the person sees. */
  async save(): Promise<boolean> {
    const { parsed, text, isDirty, isSaving, conflict, conflicts } = this.#state;
    if (!isDirty) return true;
    if (isSaving || conflict !== null || conflicts.length > 0) return false;
    if (!parsed.ok) {
      this.#set({ failure: `Line ${parsed.line}: ${parsed.message}` });
      return false;
    }
    this.#set({ isSaving: true });
    this.#sent = parsed.definition;
    const result = await this.#ports.save(parsed.definition, this.#server.revision);
    this.#set({ isSaving: false });
    if (result.ok) {
      this.#sent = null;
      this.#ground = parsed.definition;
      this.#hold({ definition: parsed.definition, revision: result.revision });
      this.#set({ isDirty: this.#state.text !== text, restoredFrom: null, failure: null });
      this.#keepOrClear();
    } else if (!result.conflict) this.#set({ failure: result.message });
    // Another draft is merged as soon as it is loaded: see `receive`.
    this.#takeLate();
    return result.ok && !this.#state.isDirty;
  }

  /** Unsaved text that was found is the draft from now on: it is saved, and tried again by itself as any edit is. */
  keepFound(): Promise<boolean> {
    this.#set({ restoredFrom: null });
    return this.save();
  }

  /** What the server holds now: after a refresh, or because it changed elsewhere. */
  receive(draft: ServerDraft): void {
    if (draft.revision <= this.#server.revision) return;
    for (const listener of this.#receivingListeners) listener();
    if (this.#state.isSaving || !this.#state.parsed.ok) this.#late = draft;
    else this.#integrate(draft);
  }

  /** Mine stands: it counts as a change of the other's. */
  keepMine(conflict?: Conflict): void {
    if (conflict !== undefined) {
      this.#ground = asDocument(takeFrom(asDraft(this.#server.definition), asDraft(this.#ground), conflict));
      this.#lookAgain();
    } else if (this.#state.conflict !== null) {
      this.#hold(this.#state.conflict);
      this.#ground = this.#server.definition;
      this.#set({ conflict: null, restoredFrom: null, isDirty: true });
    }
    this.#keepOrClear();
  }

  /** The draft with the other side's part of a conflict. */
  withTheirs(definition: Document, conflict: Conflict): Document {
    return asDocument(takeFrom(asDraft(this.#server.definition), asDraft(definition), conflict));
  }

  /** Takes the other draft (or, without a conflict, the saved one) and answers the text that was given up. */
  takeTheirs(): string {
    const { conflict, text } = this.#state;
    this.#hold(this.#late ?? conflict ?? this.#server);
    this.#late = null;
    this.#ground = this.#server.definition;
    this.#ports.shelf.clear();
    this.#adopt(this.#savedText);
    this.#set({ conflict: null, conflicts: [], isDirty: false, restoredFrom: null, failure: null });
    return text;
  }

  #integrate(draft: ServerDraft): void {
    const { parsed, isDirty, definition } = this.#state;
    const theirs = readDraft(draft.definition);
    const base = readDraft(this.#sent !== null && isSameValue(this.#sent, draft.definition) ? draft.definition : this.#ground);
    const mine = parsed.ok ? readDraft(parsed.definition) : null;
    const isPlain = !isDirty || (parsed.ok && isSameValue(parsed.definition, draft.definition));
    if (!isPlain && (theirs === null || base === null || mine === null)) {
      this.#set({ conflict: draft, failure: null });
      return;
    }
    const merge = theirs === null || base === null || mine === null ? null : mergeDrafts(base, mine, theirs);
    const after = isPlain || merge === null ? draft.definition : asDocument(merge.merged);
    this.#hold(draft);
    this.#sent = null;
    this.#ground = isPlain || merge === null ? draft.definition : asDocument(merge.ground);
    if (!isSameValue(after, definition)) {
      if (merge !== null) for (const listener of this.#incomingListeners) listener({ ...merge, before: definition, after, by: draft.draftUpdatedBy });
      this.#put(after);
    }
    this.#set({ conflicts: isPlain ? [] : (merge?.conflicts ?? []), other: draft.draftUpdatedBy ?? null, conflict: null, failure: null });
    this.#settleGround();
    this.#set({ isDirty: this.#state.text !== this.#savedText });
    this.#keepOrClear();
  }

  #edited(): void {
    this.#lookAgain();
    this.#keep();
    this.#takeLate();
  }

  /** Which conflicts are left after an edit, or a choice. */
  #lookAgain(): void {
    const { conflicts, parsed } = this.#state;
    if (conflicts.length === 0 || !parsed.ok) return;
    const [base, mine, theirs] = [readDraft(this.#ground), readDraft(parsed.definition), readDraft(this.#server.definition)];
    if (base === null || mine === null || theirs === null) return;
    this.#set({ conflicts: mergeDrafts(base, mine, theirs).conflicts });
    this.#settleGround();
  }

  #settleGround(): void {
    if (this.#state.conflicts.length === 0) this.#ground = this.#server.definition;
  }

  #takeLate(): void {
    const late = this.#late;
    if (late === null || this.#state.isSaving || !this.#state.parsed.ok) return;
    this.#late = null;
    this.receive(late);
  }

  #keep(): void {
    this.#set({ isDirty: this.#state.text !== this.#savedText, failure: null });
    this.#keepOrClear();
  }

  #keepOrClear(): void {
    const { isDirty, text } = this.#state;
    if (isDirty) this.#ports.shelf.put({ text, revision: this.#server.revision, base: this.#ground, at: this.#ports.now() });
    else this.#ports.shelf.clear();
  }

  #hold(server: ServerDraft): void {
    this.#server = server;
    this.#savedText = printDraft(server.definition);
  }

  #put(definition: Document): void {
    this.#set({ text: printDraft(definition), parsed: { ok: true, definition }, definition });
    void this.#validate(definition);
  }

  #adopt(text: string): void {
    const parsed = parseDraft(text);
    this.#set({ text, parsed, ...(parsed.ok ? { definition: parsed.definition } : {}) });
    if (parsed.ok) void this.#validate(parsed.definition);
  }

  async #validate(definition: Document): Promise<void> {
    const turn = ++this.#validation;
    await this.#ports.rest?.();
    if (turn !== this.#validation) return;
    const problems = await this.#ports.validate(definition);
    // The same problems again are no news to what shows them.
    if (turn === this.#validation && !isSameValue(problems, this.#state.problems)) this.#set({ problems });
  }

  #set(change: Partial<DraftState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function asDocument(draft: object): Document {
  return draft as Document;
}

/** Only drafts that could be read have conflicts. */
function asDraft(document: Document): NonNullable<ReturnType<typeof readDraft>> {
  return document as unknown as NonNullable<ReturnType<typeof readDraft>>;
}
