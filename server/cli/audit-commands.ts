import type { Command } from "commander";
import type { ChainProblem } from "@/server/audit/contract";
import { CommandError, EXIT } from "./exit-codes";
import { withInstallation } from "./installation";

interface Voice {
  say(line: string): void;
}

export function addAudit(program: Command, source: NodeJS.ProcessEnv, voice: Voice): void {
  program
    .command("audit")
    .description("the audit log")
    .command("verify")
    .description("read the chain of every organization and say where one was changed behind Millrace's back")
    .option("--organization <slug>", "only of this one")
    .action(async ({ organization }: { organization?: string }) => withInstallation(source, () => verifyChains(organization, voice)));
}

async function verifyChains(slug: string | undefined, { say }: Voice): Promise<void> {
  const { rawDb } = await import("@/server/db/client");
  const { verifyAuditChain } = await import("@/server/audit/service");
  const organizations = await rawDb().organization.findMany({ where: { slug }, orderBy: { slug: "asc" }, select: { id: true, slug: true } });
  if (slug !== undefined && organizations.length === 0) throw new CommandError(EXIT.badInput, `There is no organization ${slug}.`);
  let broken = 0;
  for (const { id, slug: name } of slug === undefined ? [...organizations, { id: null, slug: "(installation)" }] : organizations) {
    const { events, startSeq, unsealed, problem } = await verifyAuditChain(id);
    if (problem !== null) broken += 1;
    const from = startSeq === 0 ? "" : ` from entry ${startSeq + 1} on (retention removed what was before)`;
    say(`${name}: ${problem === null ? "holds" : `BROKEN: ${inWords(problem)}`}${from}; ${events} sealed, ${unsealed} not yet.`);
  }
  if (broken > 0) throw new CommandError(EXIT.failed, `${broken} of the chains ${broken === 1 ? "is" : "are"} broken.`);
}

function inWords(problem: ChainProblem): string {
  switch (problem.kind) {
    case "missing":
      return `entry ${problem.seq} is missing`;
    case "altered":
      return `entry ${problem.seq} (${problem.eventId}), or one before it, is not what was sealed`;
    case "unexplained_start":
      return `everything up to entry ${problem.seq} is gone, and no entry says that retention removed it`;
  }
}
