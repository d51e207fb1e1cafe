// Banners that platform administrators show to people.
export { bannersFor, dismissBanner } from "./banners";
export { listAnnouncements, removeAnnouncement, saveAnnouncement } from "./manage";
