export { handleScim } from "./handle";
export { createScimToken, listScimTokens, removeScimToken } from "./manage-tokens";
