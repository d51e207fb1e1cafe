// npm run build: what the first start would do, for images and for machines that only serve.
import { build } from "@/server/supervisor/build";
import { projectRoot } from "@/server/supervisor/local-environment";

await build(projectRoot);
