import { closeConnections } from "@/server/db/client";
import { closeOutboundHttp } from "@/server/triggers/outbound";
import { keepSubscriptions } from "@/server/triggers/subscriptions";

/** Brings subscriptions up once. */
await keepSubscriptions(new AbortController().signal);
await closeOutboundHttp();
await closeConnections();
process.exit(0);
