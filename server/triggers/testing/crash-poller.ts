import { startInstallationWorker } from "@/server/worker/installation-worker";

/** A worker that goes on until it dies. */
startInstallationWorker((error) => console.error(error));
