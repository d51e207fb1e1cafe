import fs from "node:fs";
import { createRequire } from "node:module";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { adapterFactory } from "./adapter.mjs";

let lastPanic = "";

async function instantiateWasm() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => {
      lastPanic = message;
    },
  };
  const script = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const wasm = fs.readFileSync(script.replace(/\.js$/, ".wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/** Returns `call(method, params)`; the engine itself is made at the first call, as it connects to the database. */
export async function openEngine({ datasource, datamodels }) {
  await instantiateWasm();
  let engine;
  return async function call(method, params) {
    engine ??= bindings.SchemaEngine.new(
      { datamodels: datamodels.length > 0 ? datamodels : undefined },
      () => {},
      bindMigrationAwareSqlAdapterFactory(adapterFactory(datasource)),
    );
    const opened = await engine;
    const name = method === "getDatabaseVersion" ? "version" : method;
    if (typeof opened[name] !== "function") throw new Error(`The schema engine has no method ${method}.`);
    return opened[name](params);
  };
}

export function engineFailure(error) {
  return {
    is_panic: error instanceof WebAssembly.RuntimeError,
    message: lastPanic || error.message,
    meta: error.meta ?? null,
    error_code: error.code,
  };
}
