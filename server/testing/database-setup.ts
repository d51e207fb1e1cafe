import { prepareDatabaseOfThisFile } from "@/server/testing/database";

await prepareDatabaseOfThisFile();
