{{/* The pod, the same for a Deployment and a StatefulSet. */}}
{{- define "exporter.pod" -}}
{{- $served := include "exporter.served" . | fromJson -}}
{{- $name := include "exporter.fullname" . -}}
metadata:
  labels:
    {{- $labels := include "exporter.labels" . | fromYaml }}
    {{- if .Values.workloadIdentity.clientId }}
    {{- $_ := set $labels "azure.workload.identity/use" "true" }}
    {{- end }}
    {{- merge $labels .Values.podLabels | toYaml | nindent 4 }}
  annotations:
    {{- if not .Values.existingConfigMap }}
    checksum/config: {{ include "exporter.configuration" . | sha256sum }}
    {{- end }}
    {{- if $served.ours }}
    checksum/web: {{ include "exporter.web" . | sha256sum }}
    {{- end }}
    kubectl.kubernetes.io/default-container: exporter
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "exporter.serviceAccount" . }}
  # Workload identity brings a token of its own; the exporter does not talk to Kubernetes.
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
  containers:
    - name: exporter
      image: {{ include "exporter.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        - exporter
        - run
        - --config=/etc/singlepane/config/exporter.yaml
        - --listen=0.0.0.0:{{ .Values.service.port }}
        - --state=/var/lib/singlepane
        {{- if gt (int .Values.shards) 1 }}
        - --shard=auto/{{ .Values.shards }}
        {{- end }}
        {{- with $served.file }}
        - --web.config.file={{ . }}
        {{- end }}
      {{- with .Values.extraEnv }}
      env:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.existingSecret }}
      envFrom:
        - secretRef:
            name: {{ . }}
      {{- end }}
      ports:
        - name: metrics
          containerPort: {{ .Values.service.port }}
          protocol: TCP
      # Ready once every collector has ended its first cycle: until then the pod of before is kept.
      readinessProbe:
        {{- include "exporter.probe" (dict "served" $served "path" "/readyz") | nindent 8 }}
        periodSeconds: 5
        timeoutSeconds: 5
      livenessProbe:
        {{- include "exporter.probe" (dict "served" $served "path" "/healthz") | nindent 8 }}
        initialDelaySeconds: 15
        periodSeconds: 15
        timeoutSeconds: 10
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
      volumeMounts:
        - name: config
          mountPath: /etc/singlepane/config
          readOnly: true
        - name: state
          mountPath: /var/lib/singlepane
        {{- if .Values.tls.existingSecret }}
        - name: tls
          mountPath: /etc/singlepane/tls
          readOnly: true
        {{- end }}
        {{- if $served.ours }}
        - name: web
          mountPath: /etc/singlepane/tls-config
          readOnly: true
        {{- end }}
        {{- if .Values.web.existingSecret }}
        - name: web
          mountPath: /etc/singlepane/web
          readOnly: true
        {{- end }}
        {{- if .Values.secretFiles }}
        - name: secrets
          mountPath: /etc/singlepane/secrets
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ .Values.existingConfigMap | default $name }}
    {{- if not .Values.persistence.enabled }}
    - name: state
      emptyDir: {}
    {{- end }}
    {{- with .Values.tls.existingSecret }}
    - name: tls
      secret:
        secretName: {{ . }}
    {{- end }}
    {{- if $served.ours }}
    - name: web
      configMap:
        name: {{ $name }}-web
    {{- end }}
    {{- with .Values.web.existingSecret }}
    - name: web
      secret:
        secretName: {{ . }}
    {{- end }}
    {{- with .Values.secretFiles }}
    - name: secrets
      secret:
        secretName: {{ . }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
{{- end -}}

{{/* A probe of Kubernetes, which has no credentials: where they are asked for it only connects. */}}
{{- define "exporter.probe" -}}
{{- if .served.open -}}
httpGet:
  path: {{ .path }}
  port: metrics
  scheme: {{ .served.https | ternary "HTTPS" "HTTP" }}
{{- else -}}
tcpSocket:
  port: metrics
{{- end -}}
{{- end -}}
