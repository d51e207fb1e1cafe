#!/usr/bin/env node
import { register } from "tsx/esm/api";

register();
await import("../dot-env.ts");
const { main } = await import("./main.ts");
await main(process.argv, process.env);
