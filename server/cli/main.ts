import { Command, Option } from "commander";
import path from "node:path";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { DomainError } from "@/server/errors/domain-error";
import { addAudit } from "./audit-commands";
import { addSecrets } from "./secrets-commands";
import { CommandError, EXIT, type ExitCode } from "./exit-codes";
import { describeProblem, readWorkflowFile } from "./files";
import type { BlobContent } from "@/server/blobs/contract";
import { openDatabase, openLocalScope, withInstallation } from "./installation";
import { isInterrupted, listenForInterrupts } from "./interrupts";
import { type PromoteOptions, promoteWorkflow } from "./promote-command";
import { remoteTarget } from "./remote-target";
import { runFile } from "./run-command";
import { exportFile, importFile, type TransferOptions } from "./transfer-commands";

type Source = NodeJS.ProcessEnv;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const note = (line: string) => void process.stderr.write(`${line}\n`);

/** Everything but `validate`, and what is given a server, works on the installation of this folder (MILLRACE_DATA_DIR) or of DATABASE_URL. */
export async function main(argv: string[], source: Source): Promise<void> {
  listenForInterrupts();
  const program = new Command("millrace").description("Run, check and keep Millrace workflows.").showHelpAfterError();
  program.configureOutput({ writeErr: (text) => process.stderr.write(text) }).exitOverride((error) => {
    throw new CommandError(error.exitCode === 0 ? EXIT.succeeded : EXIT.badInput, "");
  });
  addRun(program, source);
  addValidate(program);
  addTransfer(program, source);
  addBackup(program, source);
  addAccess(program, source);
  addAudit(program, source, { say });
  addSecrets(program, source, { say, note });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (isInterrupted()) return;
    const message = error instanceof Error ? error.message : String(error);
    if (message !== "") note(message);
    process.exitCode = exitCodeFor(error);
  }
}

function exitCodeFor(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode;
  if (isDatabaseUnavailable(error)) return EXIT.connection;
  return error instanceof DomainError ? EXIT.badInput : EXIT.failed;
}

function addRun(program: Command, source: Source): void {
  program
    .command("run <file>")
    .description("run a workflow file to its end, here or on a server")
    .option("--input <json>", "input of the run: JSON, or @file (default: the file's exampleInput)")
    .addOption(new Option("--server <url>", "run on this server instead of here").env("MILLRACE_SERVER"))
    .addOption(new Option("--token <token>", "API token for the server").env("MILLRACE_TOKEN"))
    .option("--idempotency-key <key>", "a second start with this key on the server goes on with the first run")
    .option("--environment <name>", "environment of the run (default: the first that takes tests)")
    .option("--workspace <slug>", "workspace of a run that happens here (default: the first)")
    .option("--quiet", "tell nothing of the steps")
    .action(async (file: string, options: { input?: string; environment?: string; server?: string; token?: string; idempotencyKey?: string; workspace?: string; quiet?: boolean }) => {
      const { server, token, idempotencyKey: key, workspace } = options;
      requireToken(options);
      if (key !== undefined && server === undefined) throw new CommandError(EXIT.badInput, "--idempotency-key needs --server: a run that happens here ends with its command.");
      process.exitCode = await runFile(file, options, async () => {
        if (server !== undefined) return remoteTarget(server, token ?? "", { ...(key === undefined ? {} : { key }), note });
        const { localTarget } = await import("./local-target");
        return localTarget(source, workspace);
      });
    });
}

function addValidate(program: Command): void {
  program
    .command("validate <file>")
    .description("check a workflow file")
    .action(async (fileName: string) => {
      const { validateWorkflow } = await import("@/server/nodes/validate-workflow");
      const { problems } = validateWorkflow(readWorkflowFile(fileName).definition);
      for (const problem of problems) say(describeProblem(problem));
      const valid = !problems.some(({ severity }) => severity === "error");
      if (valid) say(`${fileName} is valid.`);
      process.exitCode = valid ? EXIT.succeeded : EXIT.badInput;
    });
}

function requireToken({ server, token }: { server?: string; token?: string }): void {
  if (server !== undefined && token === undefined) throw new CommandError(EXIT.badInput, "--server needs --token (or MILLRACE_TOKEN).");
}

function addTransfer(program: Command, source: Source): void {
  const onServer = (command: Command) =>
    command
      .addOption(new Option("--server <url>", "work on this server instead of here").env("MILLRACE_SERVER"))
      .addOption(new Option("--token <token>", "API token for the server").env("MILLRACE_TOKEN"))
      .option("--workspace <slug>", "workspace, when it is here (default: the first)");
  onServer(program.command("export [slugs...]").description("write workflows, or all that are in use, with their blocks as one file"))
    .addOption(new Option("--format <format>", "of the file").choices(["yaml", "json"]))
    .option("-o, --output <file>", "where to (default: standard output)")
    .action(async (slugs: string[], options: TransferOptions & { format?: "yaml" | "json"; output?: string }) => {
      requireToken(options);
      await exportFile(source, slugs, options, { say, note });
    });
  onServer(program.command("import <file>").description("make workflows and blocks from a file; all of it or nothing"))
    .option("--preview", "say what would be made, and make nothing")
    .action(async (file: string, options: TransferOptions & { preview?: boolean }) => {
      requireToken(options);
      await importFile(source, file, options, { say, note });
    });
  onServer(program.command("promote <workflow>").description("bring what an environment has of a workflow to the next one"))
    .requiredOption("--to <environment>", "where to: its name for programs, or its id")
    .option("--from <environment>", "where from (default: the environment before)")
    .option("--note <text>", "what for")
    .option("--bypass-review", "without the review that a rule asks for, where you may")
    .option("--preview", "say what would happen, and promote nothing")
    .action(async (workflow: string, options: PromoteOptions) => {
      requireToken(options);
      await promoteWorkflow(source, workflow, options, { say, note });
    });
}

async function objectsOf({ BLOB_S3_URL: url }: Source): Promise<BlobContent | undefined> {
  if (!url) return undefined;
  const [{ readS3Url }, { blobsInS3 }] = await Promise.all([import("@/server/blobs/contract"), import("@/server/blobs/service")]);
  const place = readS3Url(url);
  if (place === null) throw new CommandError(EXIT.badInput, "BLOB_S3_URL must be s3://bucket or s3://bucket/prefix, with ?region= and &endpoint=https://… if wanted.");
  return blobsInS3(place);
}

function addBackup(program: Command, source: Source): void {
  const counted = (name: string, rows: number) => (rows > 0 ? note(`  ${name}: ${rows}`) : undefined);
  program
    .command("backup <file>")
    .description("write a copy of the database and its files while it stays in use")
    .option("--without-missing-blobs", "also when most of the blobs' files are not there")
    .action(async (file: string, { withoutMissingBlobs = false }: { withoutMissingBlobs?: boolean }) => {
      const { backUp } = await import("./backup");
      const objects = await objectsOf(source);
      const { url, dataFolder, close } = await openDatabase(source);
      await backUp({ url, file, blobFolder: path.join(dataFolder, "blobs"), objects, withoutMissing: withoutMissingBlobs, onTable: counted }).finally(close);
      say(`Wrote ${file}.`);
      note("Secrets in it open only with the master key (MILLRACE_MASTER_KEY, or keys.json in the data folder): keep a copy of that elsewhere.");
    });
  program
    .command("restore <file>")
    .description("load a backup into an empty database")
    .option("--force", "replace what the database holds")
    .action(async (file: string, { force = false }: { force?: boolean }) => {
      const { restore, RestoreError } = await import("./restore");
      const objects = await objectsOf(source);
      const { url, dataFolder, close } = await openDatabase(source);
      try {
        const { masterKeys } = await restore({ url, file, force, objects, blobFolder: path.join(dataFolder, "blobs"), onTable: counted });
        say(`Restored ${file}.`);
        if (masterKeys.length > 0) note(`Its secrets need the master key with fingerprint ${masterKeys.join(", ")}.`);
        note("Runs that were unfinished go on as soon as a worker starts.");
      } catch (error) {
        if (error instanceof RestoreError) throw new CommandError(EXIT.badInput, error.message);
        throw error;
      } finally {
        await close();
      }
    });
}

function addAccess(program: Command, source: Source): void {
  program
    .command("sign-in-link")
    .description("print a link that signs a person in once, within a day")
    .option("--email <address>", "whom (default: the first owner)")
    .option("--reset-factors", "take their authenticator app, recovery codes and passkeys away first")
    .action(async ({ email, resetFactors = false }: { email?: string; resetFactors?: boolean }) => {
      await withInstallation(source, async () => {
        await openLocalScope(undefined);
        const { createSignInLinkFor } = await import("@/server/auth/sign-in-links");
        say(await createSignInLinkFor(email, { resetFactors }));
      });
    });
  program
    .command("token")
    .description("API tokens")
    .command("create")
    .description("make a token and print it, this once")
    .requiredOption("--name <name>", "what it is for")
    .requiredOption("--scope <permission...>", "what it may do, such as workflow:write run:start run:read run:cancel (what `run --server` needs)")
    .option("--workspace <slug>", "its workspace (default: the first)")
    .option("--expires-in-days <days>", "how long it lives", "90")
    .action(async (options: { name: string; scope: string[]; workspace?: string; expiresInDays: string }) => {
      await withInstallation(source, async () => {
        const { createTokenInput } = await import("@/server/tokens/contract");
        const { createToken } = await import("@/server/tokens/service");
        const input = createTokenInput.safeParse({ name: options.name, scopes: options.scope, expiresInDays: Number(options.expiresInDays) });
        if (!input.success) throw new CommandError(EXIT.badInput, input.error.issues.map(({ path: field, message }) => `${field.join(".")}: ${message}`).join("\n"));
        say((await createToken({ scope: await openLocalScope(options.workspace) }, input.data)).token);
      });
    });
}
