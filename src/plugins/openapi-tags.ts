// The tags of the OpenAPI document: groups of operations in the order of the reference, with their guides.

interface Tag {
  readonly name: string
  readonly description: string
  readonly externalDocs?: { readonly url: string, readonly description: string }
}

/** @param guide name of the page below /guides that explains the operations */
const tag = (name: string, description: string, guide?: string): Tag => ({
  name,
  description,
  ...(guide === undefined ? {} : { externalDocs: { url: `/guides/${guide}`, description: 'Guide' } }),
})

export const TAGS: readonly Tag[] = [
  tag('Authentication', 'Sign-up, log-in, log-out, sessions and links in emails', 'authentication'),
  tag('Device log-in', 'Log-in of TVs by a code that the user approves (RFC 8628)', 'device-log-in'),
  tag('Account', 'The account, its plan and its live streams', 'plans'),
  tag('Profiles', 'Profiles of the account: select one to get a profile token', 'plans'),
  tag('Search and home', 'Search, suggestions and the rows of the home page', 'catalogue'),
  tag('Titles', 'Movies and shows, within the maturity limits of the token', 'catalogue'),
  tag('People and collections', 'Cast and crew, series of movies and editorial lists', 'catalogue'),
  tag('Playback', 'Streams: start, heartbeat every 10 s, stop', 'web-player'),
  tag('Media', 'Files, HLS, DASH, subtitles and images. Playback signs the URLs', 'media-urls'),
  tag('Continue watching', 'The continue button, hidden and dropped titles, rewatches', 'progress'),
  tag('Progress', 'Exact positions without a stream, and watched marks', 'progress'),
  tag('History', 'Plays of a profile: list, delete, undo, import and export', 'history-files'),
  tag('Wishlist', 'Titles that a profile wants to watch'),
  tag('Ratings and languages', 'Ratings, and the languages chosen for a title'),
  tag('Change feed', 'Changes of a profile on other devices, as pages or server-sent events', 'change-feed'),
  tag('Admin: titles', 'Create, change, publish and delete movies and shows', 'conditional-edits'),
  tag('Admin: seasons and episodes', 'Change one season or episode of a show', 'conditional-edits'),
  tag('Admin: collections', 'Series of movies and editorial lists', 'conditional-edits'),
  tag('Admin: import and export', 'The whole catalogue as JSON lines', 'import-library'),
  tag('Admin: uploads', 'Media files in one request, or resumable by tus', 'uploads'),
  tag('Admin: encoding', 'Masters: the jobs that encode them, and the steps that follow', 'uploads'),
  tag('Admin: media', 'Media files and their packages for HLS', 'uploads'),
  tag('Admin: artwork and subtitles', 'Posters, subtitles and seek thumbnails', 'import-library'),
  tag('Admin: accounts', 'Accounts, roles and the audit log', 'operator-scripts'),
  tag('Admin: tokens', 'API tokens for scripts, and service accounts', 'api-tokens'),
  tag('Admin: statistics', 'Streams, plays and accounts in numbers', 'operator-scripts'),
  tag('Admin: webhooks', 'Endpoints of other systems that receive events, and their deliveries', 'webhooks'),
  tag('Service', 'Health and metrics'),
]
