import { nameOfIdentity, readIdentity, type RunIdentity } from "@/server/auth/acting/run-identity";
import type { Demand } from "@/server/auth/acting/current-rights";
import type { StoredIdentity } from "@/server/auth/acting/start-identity";
import type { ClaimedRun } from "@/server/engine/ports";
import { DomainError } from "@/server/errors/domain-error";
import type { IdentitySource } from "@/server/worker/ports";
import { StepFailure } from "@/server/worker/step-failure";

/** Whom one run acts for: asked wherever a step touches what is Millrace's own. */
export class Acting {
  readonly #children = new Map<string, StoredIdentity>();
  #identity: RunIdentity | null | undefined;

  constructor(
    private readonly source: IdentitySource,
    private readonly claim: Pick<ClaimedRun, "id" | "workspaceId" | "identity">,
  ) {}

  /** Null: made by the installation itself, which nothing bounds. */
  get identity(): RunIdentity | null {
    if (this.#identity === undefined) this.#identity = readIdentity(this.claim.identity);
    return this.#identity;
  }

  async may(demand: Demand): Promise<boolean> {
    return this.identity === null || (await this.source.ask(this.claim.workspaceId, this.identity, demand)) === "yes";
  }

  /** `what`: in the words of the error, "use the secret X". */
  async require(demand: Demand, what: string): Promise<void> {
    if (this.identity === null) return;
    const answer = await this.source.ask(this.claim.workspaceId, this.identity, demand);
    if (answer !== "yes") throw refusal(this.identity, demand, what, answer);
  }

  refuse(demand: Demand, what: string): StepFailure {
    return refusal(this.identity, demand, what, "no");
  }

  /** Remembers whom child runs of a version act for. */
  async noteChild(versionId: string): Promise<void> {
    if (this.#children.has(versionId)) return;
    const { id, workspaceId } = this.claim;
    const acting = await this.source.ofChild(workspaceId, this.identity, versionId, { type: "run", id, name: `run ${id}` }).catch((error: unknown) => {
      throw DomainError.is(error, "identity_gone") ? new StepFailure({ code: error.kind, message: error.message }, false, { cause: error }) : error;
    });
    if (acting !== null) this.#children.set(versionId, acting);
  }

  ofChild(versionId: string): StoredIdentity | Record<never, never> {
    return this.#children.get(versionId) ?? (this.claim.identity === null ? {} : { identity: this.claim.identity });
  }
}

function refusal(identity: RunIdentity | null, { permission }: Demand, what: string, answer: "no" | "gone"): StepFailure {
  const name = identity === null ? "the installation" : nameOfIdentity(identity);
  const why = answer === "gone" ? "who is disabled or has no access to this workspace any more" : `who may not ${what} here (${permission})`;
  return new StepFailure({ code: "identity_may_not", message: `the run acts for ${name}, ${why}`, details: { permission, identity: identity === null ? null : { type: identity.type, id: identity.id, name: identity.name } } });
}
