import "@/server/dot-env";
import { main } from "./main";

await main(process.argv, process.env);
