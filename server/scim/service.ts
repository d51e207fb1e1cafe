export { createScimToken, listScimTokens, removeScimToken } from "./manage-tokens";
