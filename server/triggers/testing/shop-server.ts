import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/server/postgres/embedded";

export interface ShopServer {
  server: EmbeddedPostgres;
  shop: pg.Client;
  stop: () => Promise<void>;
}

/** A PostgreSQL of somebody else, with a database `shop`. */
export async function startShop(): Promise<ShopServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-shop-"));
  fs.chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataFolder: folder, database: "shop" });
  const shop = new pg.Client({ connectionString: server.url });
  await shop.connect();
  const stop = async () => {
    await shop.end();
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return { server, shop, stop };
}
