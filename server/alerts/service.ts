// Who hears of facts of the platform, and how: rules, channels, deliveries, the inbox of each person.
export { tellAlertsChanged } from "./alert-notices";
export { SEALED_CHANNELS } from "./channel-secrets";
export { createChannel, listChannels, removeChannel, testChannel, testMail, updateChannel } from "./channels";
export { deliverDue } from "./deliver";
export { listDeliveries, retryDelivery } from "./deliveries";
export { countUnread, listInbox, markRead } from "./inbox";
export { alertGuard, alertHttp } from "./outbound";
export { createRule, listRules, removeRule, updateRule } from "./rules";
export { type AlertsRuntime, startAlerts } from "./runtime";
export { sendMail, sendPlatformMail } from "./send-mail";
export { getAlertSettings, getPreferences, setHandlers, setMail, setPreference, setRoles } from "./settings";
export { newSigningSecret, signedHeaders } from "./sign";
export { type Occurrence, tellOf, tellOfHandler } from "./tell";
export { tellLeaders } from "./tell-leaders";
export { tellPeople } from "./tell-people";
export { tellOfQuota } from "./tell-quota";
export { watchQueues } from "./watch-queues";
