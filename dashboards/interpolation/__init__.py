"""What Grafana puts in the place of variables: values of the reader's choice, times, steps."""
