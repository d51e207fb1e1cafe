/** Everything that can go wrong by the rules of the domain, with what is known about it. `transport.ts` says how each travels. */
export interface DomainErrorData {
  unauthenticated: { reason?: string };
  forbidden: { permission: string; reason?: string };
  /** Another site's page sent what only our own pages may. */
  foreign_origin: Record<never, never>;
  /** Sensitive: the person shows once more who they are. */
  proof_needed: Record<never, never>;
  /** A foreign id and a missing id give the same answer. */
  not_found: { what: string; id?: string };
  /** One field of the request; `field` is its path, `input.items[3].price`. */
  invalid_input: { field: string; reason: string };
  /** A workflow definition that may be saved, but not published or run. */
  invalid_definition: { problems: readonly DefinitionProblem[] };
  /** Rows of a batch that cannot start; `problems` are the first ones. */
  bad_rows: { total: number; bad: number; problems: readonly RowProblem[] };
  name_taken: { what: string; name: string; field?: string };
  /** Of a draft; with `environment`: of the version that it has (0: none). */
  version_conflict: { workflowId: string; expectedRevision: number; currentRevision: number; environment?: string };
  /** `environment`: there alone; `hint` says what brings a version there. */
  not_published: { workflowId: string; environment?: string; hint?: string };
  /** A version that may not come to an environment yet. */
  promotion_refused: { environment: string; problems: readonly DefinitionProblem[] };
  archived: { what: string; id: string };
  in_use: { what: string; id: string; usedBy: readonly string[] };
  /** The folder or workspace is locked but for those whom its rule names. */
  locked: { why?: "review" };
  /** Publishing has to wait until another person has approved the draft as it is. */
  review_needed: { workflowId: string; mayBypass: boolean; version?: number; environment?: string };
  review_refused: { reason: string };
  /** Whom a workflow's runs act for is removed or disabled. */
  identity_gone: { name: string };
  run_finished: { runId: string; status: string };
  wait_closed: { waitId: string; status: string };
  already_answered: { waitId: string };
  /** A one-time link, invitation or answer token that is used up, expired or unknown. */
  link_invalid: { what: string };
  /** An organization keeps at least one owner who can sign in. */
  last_owner: { what: string };
  /** Whoever changes access would take this from themselves; `isForGood`: and could not give it back. */
  own_loss: { permissions: readonly string[]; isForGood: boolean };
  last_administrator: Record<string, never>;
  /** An invitation for somebody else than who is signed in. */
  wrong_person: { invited: string };
  too_large: { what: string; limitBytes: number };
  limit_reached: { what: string; limit: number };
  /** A hard quota is used up; `quota` names it with whose it is. */
  quota_reached: { quota: string };
  /** `attempt`: which one it was; the first over the limit is told of once. */
  rate_limited: { retryAfterSeconds: number; attempt?: number };
  /** The database or another part of the installation does not answer just now. */
  unavailable: { what: string };
}

export interface DefinitionProblem {
  severity: "error" | "warning";
  code: string;
  message: string;
  /** JSON pointer into the definition. */
  path: string;
  nodeId?: string;
  edgeIndex?: number;
}

export interface RowProblem {
  row: number;
  line: number | null;
  field: string;
  reason: string;
}

export type DomainErrorKind = keyof DomainErrorData;

const MESSAGES: { [Kind in DomainErrorKind]: (data: DomainErrorData[Kind]) => string } = {
  unauthenticated: ({ reason }) => reason ?? "Sign in first.",
  forbidden: ({ permission, reason }) => reason ?? `This needs the permission ${permission}.`,
  foreign_origin: () => "This was sent by a page of another site.",
  proof_needed: () => "Confirm first that it is you.",
  not_found: ({ what }) => `There is no such ${what}.`,
  invalid_input: ({ field, reason }) => (field === "" ? `The input ${reason}.` : `${field} ${reason}.`),
  invalid_definition: ({ problems }) => describeProblems(problems),
  bad_rows: describeRows,
  name_taken: ({ what, name }) => `There is already a ${what} named ${name}.`,
  version_conflict: ({ expectedRevision, currentRevision, environment }) => environment !== undefined
    ? `${environment} has ${versionNamed(currentRevision)} by now, not ${versionNamed(expectedRevision)}. Look at the difference again.`
    : `The draft was changed by someone else: it is at revision ${currentRevision}, this edit began from ${expectedRevision}.`,
  not_published: ({ environment, hint }) => (environment === undefined ? "The workflow has no published version." : `The workflow is not in ${environment} yet${hint === undefined ? "" : `: ${hint}`}.`),
  promotion_refused: ({ environment, problems }) => `Not ready for ${environment}: ${problems.map(({ message }) => message).join(" ")}`,
  archived: ({ what }) => `The ${what} is archived. Restore it first.`,
  in_use: ({ what, usedBy }) => `The ${what} is used by ${usedBy.join(", ")}.`,
  locked: ({ why }) => (why === "review" ? "What is here needs a review to be published: only those who may publish without may take it out." : "The folder is locked: only those whom its rule names may change what is in it."),
  review_needed: ({ version, environment }) => (environment !== undefined ? `Somebody else has to approve that version ${version} comes to ${environment}. Ask for a review.` : version === undefined ? "Somebody else has to approve this draft first. Ask for a review." : `Version ${version} was published without a review. Ask for a review of the draft, publish it and promote that.`),
  review_refused: ({ reason }) => reason,
  identity_gone: ({ name }) => `The runs act for ${name}, who is disabled or has no access any more.`,
  run_finished: ({ status }) => `The run has ended already (${status}).`,
  wait_closed: ({ status }) => `This is not waiting for an answer any more (${status}).`,
  already_answered: () => "You have answered already.",
  link_invalid: ({ what }) => `The ${what} is used up, expired or unknown.`,
  last_administrator: () => "The installation needs at least one administrator who can sign in. Name somebody else at /admin/people first.",
  own_loss: ({ permissions, isForGood }) => `You would lose yourself: ${permissions.join(", ")}.${isForGood ? " You could not give it back." : ""}`,
  last_owner: ({ what }) => `${what} needs at least one owner. Make somebody else an owner first.`,
  wrong_person: ({ invited }) => `This invitation is for ${invited}. Sign in with that address.`,
  too_large: ({ what, limitBytes }) => `The ${what} is larger than ${limitBytes} bytes.`,
  quota_reached: ({ quota }) => `Nothing new can start: the quota is used up: ${quota}.`,
  limit_reached: ({ what, limit }) => `The limit of ${limit} ${what} is reached.`,
  rate_limited: ({ retryAfterSeconds }) => `Too many attempts. Try again in ${retryAfterSeconds} seconds.`,
  unavailable: ({ what }) => `The ${what} does not answer. Try again in a moment.`,
};

/** Thrown by services; carries a kind instead of a protocol's code. Never replace a cause: pass it on. */
export class DomainError<Kind extends DomainErrorKind = DomainErrorKind> extends Error {
  constructor(
    readonly kind: Kind,
    readonly data: DomainErrorData[Kind],
    options?: { cause?: unknown },
  ) {
    super(MESSAGES[kind](data), options);
    this.name = "DomainError";
  }

  /** True for an error of this kind; its `data` has that kind's type then. */
  static is<Wanted extends DomainErrorKind>(error: unknown, kind: Wanted): error is DomainError<Wanted> {
    return error instanceof DomainError && error.kind === kind;
  }
}

function versionNamed(number: number): string {
  return number === 0 ? "no version" : `version ${number}`;
}

function describeProblems(problems: readonly DefinitionProblem[]): string {
  const [first] = problems.filter((problem) => problem.severity === "error");
  const place = first?.nodeId === undefined ? first?.path : `node ${first.nodeId}`;
  const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return first === undefined ? "The definition is not valid." : `The definition is not valid: ${place}: ${first.message}${rest}`;
}

function describeRows({ total, bad, problems: [first] }: DomainErrorData["bad_rows"]): string {
  const count = `${bad} of ${total} ${total === 1 ? "row" : "rows"} cannot start, so none did`;
  if (first === undefined) return `${count}.`;
  return `${count}: ${first.line === null ? `row ${first.row}` : `line ${first.line}`}${first.field === "" ? "" : `, ${first.field}`} ${first.reason}.`;
}
