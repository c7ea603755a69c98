/**
 * The `http` block of an nginx in front of the application: addresses without the values of their queries, no `Authorization`,
 * no cookie, and a `Referer` without its query. Use it with `access_log /var/log/nginx/access.log powens_safe;` and keep
 * `error_log` at `error` or above, since lower levels quote the whole request line.
 *
 * @public
 */
export const NGINX_LOG_FORMAT = `map $request_uri $powens_safe_uri {
    "~^(?<powens_path>[^?]*)\\?" "$powens_path?[redacted]";
    default $request_uri;
}
map $http_referer $powens_safe_referer {
    "~^(?<powens_referer>[^?#]*)[?#]" "$powens_referer?[redacted]";
    default $http_referer;
}
log_format powens_safe '$remote_addr - [$time_local] "$request_method $powens_safe_uri $server_protocol" '
                       '$status $body_bytes_sent $request_time "$powens_safe_referer" "$http_user_agent"';
`;
