import { CATALOG } from "@/server/nodes/catalog";
import type { KindShapes } from "./shapes";

export const kindShapes: KindShapes = CATALOG;
