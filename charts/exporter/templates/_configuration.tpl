{{/* The configuration file as the pods read it. */}}
{{- define "exporter.configuration" -}}
{{- if not (or .Values.config.exporters .Values.config.modules) }}
{{- fail "config: nothing says what to export; write rows under config.exporters, or name a ConfigMap by existingConfigMap" }}
{{- end }}
{{- merge (dict) .Values.config (dict "apiVersion" "singlepane/v1" "name" (include "exporter.fullname" .)) | toYaml -}}
{{- end -}}

{{/* The web configuration that follows from `tls`; a whole one comes out of a Secret instead. */}}
{{- define "exporter.web" -}}
tls_server_config:
  cert_file: /etc/singlepane/tls/tls.crt
  key_file: /etc/singlepane/tls/tls.key
  {{- if .Values.tls.clientCa }}
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: /etc/singlepane/tls/ca.crt
  {{- with .Values.tls.clientAllowedSans }}
  client_allowed_sans: {{ toJson . }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/* How it is served, as JSON: whether over TLS, whether anybody who connects is answered, by which file, and whether that is ours. */}}
{{- define "exporter.served" -}}
{{- $tls := .Values.tls }}
{{- $web := .Values.web }}
{{- if and $tls.clientAllowedSans (not $tls.clientCa) }}
{{- fail "tls: names of clients are looked for in their certificates; say tls.clientCa: true" }}
{{- end }}
{{- if and $tls.clientCa (not $tls.existingSecret) }}
{{- fail "tls: clients can be asked for certificates over HTTPS only; name the Secret of the server's certificate by tls.existingSecret" }}
{{- end }}
{{- if and $web.existingSecret $tls.clientCa }}
{{- fail "web.existingSecret: the whole web configuration stands in that Secret; ask for clients' certificates there, not by tls" }}
{{- end }}
{{- if and (or $web.tls $web.credentials) (not $web.existingSecret) }}
{{- fail "web: tls and credentials say what the web configuration in a Secret does; name it by web.existingSecret" }}
{{- end }}
{{- if $web.existingSecret -}}
{{- dict "https" $web.tls "open" (not $web.credentials) "file" "/etc/singlepane/web/web.yaml" "ours" false | toJson -}}
{{- else if $tls.existingSecret -}}
{{- dict "https" true "open" (not $tls.clientCa) "file" "/etc/singlepane/tls-config/web.yaml" "ours" true | toJson -}}
{{- else -}}
{{- dict "https" false "open" true "file" "" "ours" false | toJson -}}
{{- end -}}
{{- end -}}

{{/* "true" where an object of the operator's kind is wanted: `enabled` and `kind` are given. */}}
{{- define "exporter.operated" -}}
{{- if eq (toString .enabled) "auto" -}}
{{- .capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" .kind) -}}
{{- else -}}
{{- .enabled -}}
{{- end -}}
{{- end -}}
