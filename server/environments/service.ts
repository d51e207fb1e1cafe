export { addEnvironments, changeEnvironment, listEnvironments, orderEnvironments, viewEnvironments } from "./manage";
export { type Environment, findEnvironment, findEnvironments, findLiveEnvironment, holdEnvironments } from "./queries";
export { deployedIn, type Deployed, recordDeployment, wasDeployedIn } from "./records";
export { removeEnvironment } from "./remove";
export { chooseEnvironment, requireTests, versionIn } from "./choose";
export { calledBy } from "./called-sql";
export { VERSION_IN } from "./version-sql";
export { mayPromote, mayPromoteIt, requirePromoter } from "./rights";
