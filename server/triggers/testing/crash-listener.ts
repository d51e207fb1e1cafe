import { recordEvent } from "@/server/triggers/intake";
import { Listeners } from "@/server/triggers/listeners";
import { serveMail } from "@/server/triggers/kinds/email/server";

/** Listens for triggers of a kind until it dies at its crash point; ends by itself when it never comes there. */
const GIVE_UP_MS = 180_000;

const [kind = ""] = process.argv.slice(2);
if (kind === "email") void serveMail({ record: recordEvent, signal: new AbortController().signal, log: () => {} });
else new Listeners(() => {}, [kind]).start();
setTimeout(() => process.exit(3), GIVE_UP_MS);
