import type { Command } from "commander";
import type { ChainProblem, ChainSignature } from "@/server/audit/contract";
import { CommandError, EXIT } from "./exit-codes";
import { withInstallation } from "./installation";

interface Voice {
  say(line: string): void;
}

export function addAudit(program: Command, source: NodeJS.ProcessEnv, voice: Voice): void {
  const audit = program.command("audit").description("the audit log");
  audit
    .command("verify")
    .description("read the chain of every organization and say where one was changed behind Millrace's back")
    .option("--organization <slug>", "only of this one")
    .action(async ({ organization }: { organization?: string }) => withInstallation(source, () => verifyChains(organization, voice)));
  audit
    .command("new-key")
    .description("sign the ends of all chains anew, as they are: where the key was lost with its master key, or after chains were found changed")
    .action(async () => withInstallation(source, () => replaceKey(voice)));
}

async function verifyChains(slug: string | undefined, { say }: Voice): Promise<void> {
  const { rawDb } = await import("@/server/db/client");
  const { verifyAuditChain } = await import("@/server/audit-chain/service");
  const organizations = await rawDb().organization.findMany({ where: { slug }, orderBy: { slug: "asc" }, select: { id: true, slug: true } });
  if (slug !== undefined && organizations.length === 0) throw new CommandError(EXIT.badInput, `There is no organization ${slug}.`);
  let broken = 0;
  let seen: ChainSignature | null = null;
  for (const { id, slug: name } of slug === undefined ? [...organizations, { id: null, slug: "(installation)" }] : organizations) {
    const { events, startSeq, unsealed, signature, problem } = await verifyAuditChain(id);
    if (problem !== null) broken += 1;
    seen = signature;
    const from = startSeq === 0 ? "" : ` from entry ${startSeq + 1} on (retention removed what was before)`;
    say(`${name}: ${problem === null ? "holds" : `BROKEN: ${inWords(problem)}`}${from}; ${events} sealed, ${unsealed} not yet.`);
  }
  if (seen !== null) say(ofSignature(seen));
  if (seen?.kind === "unreadable" && broken === 0) throw new CommandError(EXIT.failed, "What signs the chains could not be checked.");
  if (broken > 0) throw new CommandError(EXIT.failed, `${broken} of the chains ${broken === 1 ? "is" : "are"} broken.`);
}

async function replaceKey({ say }: Voice): Promise<void> {
  const { replaceAuditKey } = await import("@/server/audit-chain/service");
  const { before, after } = await replaceAuditKey();
  say(`Ends are signed with the key ${after} now, as they are${before === null ? "" : `; until now with ${before}`}. Note it: what was changed before now does not show by its signature any more.`);
}

/** What the answer proves beyond the chain itself. */
function ofSignature(signature: ChainSignature): string {
  switch (signature.kind) {
    case "none":
      return "No end is signed yet: that begins with the next sealing. Until then the owner of the database can write a chain that holds.";
    case "unreadable":
      return "The signatures of the ends were not checked: this process has not the master key that their key lies under.";
    case "signed":
      return `Ends are signed with the key ${signature.key} of ${signature.since}: with another key or a later time than you know, somebody has signed anew.`;
  }
}

function inWords(problem: ChainProblem): string {
  switch (problem.kind) {
    case "missing":
      return `entry ${problem.seq} is missing`;
    case "altered":
      return `entry ${problem.seq} (${problem.eventId}), or one before it, is not what was sealed`;
    case "unexplained_start":
      return `everything up to entry ${problem.seq} is gone, and no entry says that retention removed it`;
    case "outside":
      return `entry ${problem.seq} lies outside the ends of the chain`;
    case "unsigned":
      return `its ends, up to entry ${problem.seq}, were not signed by whoever has the master key`;
    case "set_back":
      return "it fits, and the chains together do not go as far as was signed: one of them, perhaps this one, was set back or taken away";
    case "key_changed":
      return "it fits, and the key that signs the chains was changed where it is stored: what it signed cannot be checked. Having looked into it: millrace audit new-key";
  }
}
