import { z } from "zod";
import { type EventValue, secretName, type TriggerKindSpec } from "@/server/triggers/kind";

const name = () => z.string().max(100).regex(/^[A-Za-z0-9._-]+$/, "must be a name on GitHub");

export const githubConfig = z.strictObject({
  target: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("repository"), owner: name(), repository: name() }).meta({ title: "Repository" }),
    z.strictObject({ type: z.literal("organization"), organization: name() }).meta({ title: "Organization" }),
  ]).default({ type: "repository", owner: "", repository: "" }).describe("Where the hook is made."),
  events: z.array(z.string().max(60).regex(/^(\*|[a-z_]+)$/, "must be the name of an event")).min(1).max(100).default(["push"]).describe("Names as GitHub has them, such as push, pull_request, issues; * for all."),
  secret: secretName().describe("Secret that holds a token which may administer hooks there."),
  baseUrl: z.string().max(300).regex(/^https?:\/\/[^?#]+$/, "must be an address").default("https://api.github.com").describe("Of GitHub Enterprise: https://HOST/api/v3."),
});
export type GithubConfig = z.output<typeof githubConfig>;

export const github = {
  kind: "github",
  title: "GitHub",
  summary: "Starts a run for each event of a repository or an organization; the hook there is made, kept and taken away by itself.",
  icon: "git-branch",
  config: githubConfig,
  hasToken: true,
  inputOf: (event: EventValue) => event.body ?? {},
} as const satisfies TriggerKindSpec;
