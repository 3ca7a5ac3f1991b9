import pytest


@pytest.mark.django_db
def test_health_answers_when_both_servers_do(client):
    response = client.get("/health")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "redis": "ok"}
