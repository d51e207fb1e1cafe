import type { Command } from "commander";
import type { ChainProblem, ChainSignature } from "@/server/audit/contract";
import type { Difference } from "@/server/audit-chain/service";
import { INSTALLATION, readWitness, type Witness, writeWitness } from "./audit-witness";
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
    .option("--witness <file>", "compare with how far the chains went as FILE knows, and note there how far they go now; keep it out of reach of the database")
    .action(async (options: VerifyOptions) => withInstallation(source, () => verifyChains(options, voice)));
  audit
    .command("new-key")
    .description("sign the ends of all chains anew, as they are: where the key was lost with its master key, or after chains were found changed")
    .action(async () => withInstallation(source, () => replaceKey(voice)));
}

interface VerifyOptions {
  organization?: string;
  witness?: string;
}

async function verifyChains({ organization: slug, witness: file }: VerifyOptions, { say }: Voice): Promise<void> {
  const { rawDb } = await import("@/server/db/client");
  const { verifyAgainst } = await import("@/server/audit-chain/service");
  const witness = file === undefined ? null : readWitness(file);
  const organizations = await rawDb().organization.findMany({ where: { slug }, orderBy: { slug: "asc" }, select: { id: true, slug: true } });
  if (slug !== undefined && organizations.length === 0) throw new CommandError(EXIT.badInput, `There is no organization ${slug}.`);
  const chains: { id: string | null; slug: string }[] = slug === undefined ? [...organizations, { id: null, slug: "(installation)" }] : organizations;
  const seen: Witness["chains"] = {};
  let broken = 0;
  let signature: ChainSignature | null = null;
  for (const { id, slug: name } of chains) {
    const known = witness?.chains[id ?? INSTALLATION] ?? null;
    const { report, end, difference } = await verifyAgainst(id, known);
    const wrong = report.problem !== null ? inWords(report.problem) : known === null ? null : differenceInWords(difference, known, end.seq);
    if (wrong !== null) broken += 1;
    ({ signature } = report);
    seen[id ?? INSTALLATION] = { name, ...end, at: new Date().toISOString() };
    const from = report.startSeq === 0 ? "" : ` from entry ${report.startSeq + 1} on (retention removed what was before)`;
    say(`${name}: ${wrong === null ? "holds" : `BROKEN: ${wrong}`}${from}; ${report.events} sealed, ${report.unsealed} not yet.${difference === "removed" ? ` What ${file} knew of it, retention has removed: compare more often.` : ""}`);
  }
  for (const [id, { name, seq, at }] of Object.entries(witness?.chains ?? {})) {
    if (slug !== undefined || seen[id] !== undefined) continue;
    broken += 1;
    say(`${name}: BROKEN: its organization is not there any more; at ${at} it went as far as entry ${seq}.`);
  }
  if (signature !== null) say(ofSignature(signature));
  const key = signature?.kind === "signed" ? signature.key : null;
  const isOtherKey = witness !== null && witness.key !== null && signature?.kind !== "unreadable" && witness.key !== key;
  if (isOtherKey) say(`BROKEN: ${file} knows the key ${witness.key}: somebody has signed anew.`);
  if (signature?.kind === "unreadable" && broken === 0) throw new CommandError(EXIT.failed, "What signs the chains could not be checked.");
  if (broken > 0) throw new CommandError(EXIT.failed, `${broken} of the chains ${broken === 1 ? "is" : "are"} broken.${untouched(file)}`);
  if (isOtherKey) throw new CommandError(EXIT.failed, `The chains are signed with another key.${untouched(file)}`);
  if (file === undefined) return;
  writeWitness(file, { millrace: "audit witness", key, chains: { ...witness?.chains, ...seen } });
  say(`${file} knows now how far ${chains.length === 1 ? "this chain goes" : "these chains go"}.`);
}

const untouched = (file: string | undefined) => (file === undefined ? "" : ` ${file} is left as it was; having looked into it, move it away and begin a new one.`);

function differenceInWords(difference: Difference, known: Witness["chains"][string], seq: number): string | null {
  if (difference === "behind") return `it was put back: it ends with entry ${seq}, and went as far as entry ${known.seq} at ${known.at}`;
  return difference === "other" ? `it was put back and went on: entry ${known.seq} is not the one that stood there at ${known.at}` : null;
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
