import { type Command, Option } from "commander";
import { CommandError, EXIT } from "./exit-codes";
import { withInstallation } from "./installation";

interface Voice {
  say(line: string): void;
  note(line: string): void;
}

interface RotateOptions {
  workspace?: string;
  only?: "master-key" | "data-keys";
  force?: boolean;
}

/** What was rotated within this time is left alone, so that a command that was cut off can be given again. */
const FRESH_MS = 60 * 60_000;

export function addSecrets(program: Command, source: NodeJS.ProcessEnv, voice: Voice): void {
  const secrets = program.command("secrets").description("the keys that secrets are encrypted with");
  secrets
    .command("rotate")
    .description("put everything under the present master key and seal it with new data keys, while everything runs")
    .option("--workspace <slug>", "only the data key of this workspace")
    .addOption(new Option("--only <what>", "only one of the two").choices(["master-key", "data-keys"]))
    .option("--force", "also data keys that are less than an hour old")
    .action(async (options: RotateOptions) => withInstallation(source, () => rotate(options, voice)));
  secrets
    .command("status")
    .description("what is sealed under which key")
    .action(async () => withInstallation(source, () => status(voice)));
  secrets
    .command("new-master-key")
    .description("write a new master key into keys.json of the data folder; the one so far still opens")
    .action(async () => {
      const { replaceGeneratedMasterKey } = await import("@/server/supervisor/generated-keys");
      const { dataFolderOf } = await import("@/server/supervisor/local-environment");
      if (source.MILLRACE_MASTER_KEY || source.MILLRACE_MASTER_KEY_FILE) throw new CommandError(EXIT.badInput, "The master key is given by MILLRACE_MASTER_KEY or MILLRACE_MASTER_KEY_FILE: change it there, and name the earlier one in MILLRACE_MASTER_KEY_PREVIOUS or the file's next line.");
      replaceGeneratedMasterKey(dataFolderOf(source));
      voice.say("Wrote a new master key. Make a copy of keys.json, start Millrace again, then: millrace secrets rotate");
    });
}

async function rotate({ workspace, only, force = false }: RotateOptions, voice: Voice): Promise<void> {
  const broken = [...(workspace === undefined && only !== "data-keys" ? await rotateMasterKey(voice) : []), ...(only === "master-key" ? [] : await rotateDataKeys(workspace, force, voice))];
  for (const one of broken) voice.note(`does not open and stays as it is: ${one}`);
  if (broken.length > 0) throw new CommandError(EXIT.failed, `${broken.length} could not be sealed anew.`);
}

async function rotateMasterKey({ say, note }: Voice): Promise<string[]> {
  const { countUnderMasterKeys, retireMasterKey, rewrapAll } = await import("@/server/key-rotation/service");
  const { masterKeyIds, presentMasterKey } = await import("@/server/secrets/service");
  const present = presentMasterKey().id;
  const { resealed, broken } = await rewrapAll((changed) => note(`  ${changed} under ${present}`));
  say(`Master key ${present}: ${resealed} put under it.`);
  const left = await countUnderMasterKeys();
  left.delete(present);
  for (const [id, count] of left) note(`${count} are still under ${id}${masterKeyIds().includes(id) ? "" : ", which was not given"}.`);
  for (const id of masterKeyIds().filter((one) => one !== present)) {
    if (await retireMasterKey(id)) say(`Master key ${id} is retired: nothing is under it, and nothing can be put under it. It can be taken out of the settings.`);
  }
  return broken;
}

async function rotateDataKeys(slug: string | undefined, force: boolean, { say, note }: Voice): Promise<string[]> {
  const service = await import("@/server/key-rotation/service");
  const workspaceId = slug === undefined ? null : await workspaceOf(slug);
  const made = await service.rotateDataKeys(workspaceId, new Date(force ? Date.now() : Date.now() - FRESH_MS));
  say(`New data keys: ${made}.`);
  let { left } = await service.readProgress(workspaceId);
  const total = left;
  const broken = new Set<string>();
  // Values that come in while a round is under way may still have taken the earlier key; the next round finds them.
  while (left > broken.size) {
    const round = await service.resealRound(workspaceId, { report: (resealed) => note(`  ${resealed} of about ${total} sealed anew`) });
    for (const one of round.broken) broken.add(one);
    if (round.resealed === 0) break;
    ({ left } = await service.readProgress(workspaceId));
  }
  say(left === 0 ? "Everything is sealed with the new keys. Earlier ones are removed when nothing has needed them for an hour." : `${left} are still sealed with earlier keys.`);
  return [...broken];
}

async function workspaceOf(slug: string): Promise<string> {
  const { rawDb } = await import("@/server/db/client");
  const workspace = await rawDb().workspace.findFirst({ where: { slug, deletedAt: null }, select: { id: true } });
  if (workspace === null) throw new CommandError(EXIT.badInput, `There is no workspace ${slug}.`);
  return workspace.id;
}

async function status({ say }: Voice): Promise<void> {
  const { countUnderMasterKeys, readProgress } = await import("@/server/key-rotation/service");
  const { masterKeyIds, presentMasterKey } = await import("@/server/secrets/service");
  const known = masterKeyIds();
  const used = await countUnderMasterKeys();
  for (const id of new Set([...known, ...used.keys()])) {
    const role = id === presentMasterKey().id ? "seals" : known.includes(id) ? "opens" : "not given: what is under it cannot be read";
    say(`Master key ${id} (${role}): ${used.get(id) ?? 0} under it.`);
  }
  const { since, left } = await readProgress(null);
  say(`Data keys: ${since === null ? "none yet" : `the newest of ${since.toISOString()}`}; ${left} values are sealed with earlier ones.`);
}
